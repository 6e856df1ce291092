// A provider whose requests and answers settings describe.
#pragma once

#include "adapters/sms_http/answer.h"
#include "adapters/sms_http/answer_rule.h"
#include "adapters/sms_http/message_pattern.h"

namespace postroom::sms_http {

inline constexpr std::string_view kCustom = "http";

struct CustomOptions {
  std::string method = "POST";
  MessagePattern url;
  MessagePattern body;
  ports::HttpHeaders headers;
  AnswerRule success;                 // all must hold; without any: every 2xx
  AnswerRule rejected;                // one that holds refuses the text for good
  std::string reference;              // path in the answer to what the provider calls the text; empty: nothing
  bool receipts_name_theirs = false;  // by that, not by our reference
  std::chrono::milliseconds timeout = kTimeoutDefault;
};

// "Name: value" lines. invalid_input says which line does not read.
Result<ports::HttpHeaders> parse_headers(std::string_view lines);

// `client` must outlive it.
class CustomGateway final : public ports::SmsGateway {
 public:
  CustomGateway(CustomOptions options, ports::HttpClient& client) : options_(std::move(options)), client_(client) {}
  std::string_view name() const override { return kCustom; }
  ports::SmsResult send(const ports::SmsMessage& message) override;

 private:
  CustomOptions options_;
  ports::HttpClient& client_;
};

}  // namespace postroom::sms_http
