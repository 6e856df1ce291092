// Messages of Amazon SNS as it posts them to an HTTPS address. Format and signature:
// docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html and sns-verify-signature-of-message.html
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace postroom::receipts {

struct SnsMessage {
  enum class Kind { notification, subscription_confirmation, unsubscribe_confirmation };
  Kind kind = Kind::notification;
  std::string message_id;
  std::string topic;      // TopicArn
  std::string message;    // a notification's text, often JSON itself
  std::string timestamp;  // as written: it is signed
  std::string subject;    // empty when absent
  bool has_subject = false;
  std::string token, subscribe_url;  // confirmations only
  int signature_version = 1;         // 1: SHA-1, 2: SHA-256
  std::string signature;             // raw bytes
  std::string certificate_url;
};

// invalid_input names the member that is missing or wrong. Says nothing about who sent it.
Result<SnsMessage> parse_sns_message(std::string_view body);

// The bytes that the signature is of.
std::string signed_text(const SnsMessage& message);

// https, no user, no port, and the host sns.REGION.amazonaws.com or sns.REGION.amazonaws.com.cn: where SNS keeps
// its certificates and answers confirmations.
bool is_sns_url(std::string_view url);

}  // namespace postroom::receipts
