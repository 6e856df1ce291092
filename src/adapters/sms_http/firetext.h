// Firetext's form interface.
#pragma once

#include "adapters/sms_http/answer.h"

namespace postroom::sms_http {

inline constexpr std::string_view kFiretext = "firetext";

struct FiretextOptions {
  std::string url = "https://www.firetext.co.uk/api/sendsms/json";
  std::string api_key;
  std::string international_api_key;  // an account of its own for texts abroad; empty: none of those
  std::string receipt_url;            // where receipts go; empty: where the account says
  std::chrono::milliseconds timeout = kTimeoutDefault;
};

// POST of a form with apiKey, from, to, message and reference; the answer is JSON whose "code" is 0 when the text
// is taken. Code 2 says that the number cannot be reached: refused. All others are about the account or the moment.
// `client` must outlive it.
class FiretextGateway final : public ports::SmsGateway {
 public:
  FiretextGateway(FiretextOptions options, ports::HttpClient& client)
      : options_(std::move(options)), client_(client) {}
  std::string_view name() const override { return kFiretext; }
  ports::SmsResult send(const ports::SmsMessage& message) override;

 private:
  FiretextOptions options_;
  ports::HttpClient& client_;
};

}  // namespace postroom::sms_http
