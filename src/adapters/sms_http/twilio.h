// The Messages resource of Twilio, which others offer too.
#pragma once

#include "adapters/sms_http/answer.h"

namespace postroom::sms_http {

inline constexpr std::string_view kTwilio = "twilio";

struct TwilioOptions {
  std::string base_url = "https://api.twilio.com";
  std::string account_sid;
  std::string auth_token;
  std::string messaging_service_sid;  // chooses the sender; empty: each text's own
  std::string receipt_url;            // gets "?reference=…"; empty: no receipts
  std::chrono::milliseconds timeout = kTimeoutDefault;
};

// POST of a form with To, From, Body and StatusCallback to /2010-04-01/Accounts/SID/Messages.json; the answer names
// the text in "sid". Twilio does not carry a reference of ours, so it is in the address that receipts go to. Status
// 400 is a refusal of the text. `client` must outlive it.
class TwilioGateway final : public ports::SmsGateway {
 public:
  TwilioGateway(TwilioOptions options, ports::HttpClient& client) : options_(std::move(options)), client_(client) {}
  std::string_view name() const override { return kTwilio; }
  ports::SmsResult send(const ports::SmsMessage& message) override;

 private:
  TwilioOptions options_;
  ports::HttpClient& client_;
};

}  // namespace postroom::sms_http
