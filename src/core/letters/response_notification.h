// The message that tells us of a new file in the response bucket: an SNS message (its JSON wire form) around a
// storage event.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace postroom::letters {

struct ResponseNotification {
  enum class Kind { notification, subscription_confirmation };
  Kind kind = Kind::notification;
  std::string message_id;
  std::string topic;          // TopicArn; empty when absent
  std::string subscribe_url;  // subscription_confirmation only
  // Key of the first file, percent-decoded; nothing when the message tells of none.
  std::optional<std::string> key;
};

// invalid_input names the member that is missing or of the wrong kind. Does not check the signature.
Result<ResponseNotification> parse_response_notification(std::string_view body);

}  // namespace postroom::letters
