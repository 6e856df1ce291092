// Outgoing email.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "ports/provider_receipt.h"

namespace postroom::ports {

// One message to one recipient. Texts are UTF-8.
struct EmailMessage {
  std::string to;
  std::string from_name;  // may be empty
  std::string from_address;
  std::string return_path;  // where bounces go; empty: to the sender's address
  std::string reply_to;     // may be empty
  std::string subject;
  std::string text_body;
  std::string html_body;             // may be empty: then the message is plain text alone
  std::string list_unsubscribe_url;  // https, or empty
  // Stable for the message, so that a second attempt has the same Message-ID and a receiver can tell.
  // Usually the notification's id.
  std::string message_reference;
  UtcTime date;
};

class Mailer {
 public:
  virtual ~Mailer() = default;
  // Short and fixed, as in settings, metrics and receipts: "smtp".
  virtual std::string_view name() const = 0;
  // Returns when the provider has taken responsibility, or with `put_off` when the message has to wait for its turn
  // there. Errors: retry_later (no connection, time-out, a 4xx
  // reply; the message may have been taken all the same), rejected (a 5xx reply; the message names the code),
  // invalid_input (an address or header that cannot be put on the wire). Safe from several threads.
  virtual Result<ProviderReceipt> send(const EmailMessage& message) = 0;
};

}  // namespace postroom::ports
