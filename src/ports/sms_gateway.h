// Outgoing text messages.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

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
  bool ucs2 = false;  // needs 16 bits a character
};

// Why a text was not handed over, and whether the provider may have it all the same.
struct SmsFailure : Error {
  // True: the request went out and no answer came that says otherwise. Giving the text to anybody again may show it
  // twice. False: it was surely not taken.
  bool maybe_taken = true;

  // What does not know better leaves the doubt.
  SmsFailure(Error error)  // NOLINT(google-explicit-constructor): errors of all kinds become failures
      : Error(std::move(error)), maybe_taken(kind == ErrorKind::retry_later || kind == ErrorKind::internal) {}
  SmsFailure(ErrorKind error_kind, std::string text, bool in_doubt)
      : Error{error_kind, std::move(text)}, maybe_taken(in_doubt) {}
};

using SmsResult = tl::expected<ProviderReceipt, SmsFailure>;

class SmsGateway {
 public:
  virtual ~SmsGateway() = default;
  // Short and fixed, as in settings, metrics and receipts.
  virtual std::string_view name() const = 0;
  // Returns when the provider has taken responsibility. Errors: retry_later (no connection, time-out, busy, an
  // account that is locked: `maybe_taken` says what is known), rejected (refused for good, never taken; the message
  // names the provider's code). Safe from several threads.
  virtual SmsResult send(const SmsMessage& message) = 0;
};

}  // namespace postroom::ports
