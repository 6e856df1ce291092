// Outgoing text messages.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/provider_receipt.h"

namespace postroom::ports {

struct SmsMessage {
  std::string to;         // digits with country code, no plus: "447900900123"
  std::string sender;     // up to 11 letters and digits, or a number
  std::string text;       // UTF-8, already reduced to what a phone shows
  std::string reference;  // ours; comes back in the provider's receipt. Usually the notification's id.
  bool international = false;
  int fragments = 1;
};

class SmsGateway {
 public:
  virtual ~SmsGateway() = default;
  // Short and fixed, as in settings, metrics and receipts.
  virtual std::string_view name() const = 0;
  // Returns when the provider has taken responsibility. Errors: retry_later (no connection, time-out, busy;
  // the message may have been taken all the same), rejected (refused for good; the message names the
  // provider's code). Safe from several threads.
  virtual Result<ProviderReceipt> send(const SmsMessage& message) = 0;
};

}  // namespace postroom::ports
