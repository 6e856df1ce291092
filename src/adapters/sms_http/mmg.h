// MMG's JSON interface.
#pragma once

#include "adapters/sms_http/answer.h"

namespace postroom::sms_http {

inline constexpr std::string_view kMmg = "mmg";

struct MmgOptions {
  std::string url = "https://api.mmg.co.uk/jsonv2a/api.php";
  std::string api_key;      // sent as it is after "Basic "
  std::string receipt_url;  // where receipts go; empty: where the account says
  std::chrono::milliseconds timeout = kTimeoutDefault;
};

// POST of {"reqType","MSISDN","msg","sender","cid","multi"}; the answer names the text in "Reference". MMG gives
// one account for all countries. A refusal with an error number is tried again, there or elsewhere: its numbers do
// not tell the text's faults from the account's. `client` must outlive it.
class MmgGateway final : public ports::SmsGateway {
 public:
  MmgGateway(MmgOptions options, ports::HttpClient& client) : options_(std::move(options)), client_(client) {}
  std::string_view name() const override { return kMmg; }
  ports::SmsResult send(const ports::SmsMessage& message) override;

 private:
  MmgOptions options_;
  ports::HttpClient& client_;
};

}  // namespace postroom::sms_http
