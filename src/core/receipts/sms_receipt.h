// What MMG and Firetext report about a text that we gave them (public-api 7.2, 7.3).
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "core/notifications/status.h"
#include "core/receipts/form.h"

namespace postroom::receipts {

enum class SmsProvider { mmg, firetext };
std::string_view to_string(SmsProvider provider);
std::optional<SmsProvider> parse_sms_provider(std::string_view text);
// As people know it: "MMG", "Firetext".
std::string_view display_name(SmsProvider provider);

struct SmsReceipt {
  SmsProvider provider = SmsProvider::mmg;
  std::string reference;  // ours, as we gave it to the provider: meant to be a notification's id. Not empty.
  std::string status;     // the provider's number, as text. Not empty.
  std::string code;       // MMG: substatus; Firetext: code; empty when it gave none

  friend bool operator==(const SmsReceipt&, const SmsReceipt&) = default;
};

// `body` is JSON, whatever its Content-Type said.
tl::expected<SmsReceipt, Faults> read_mmg_receipt(std::string_view body);
tl::expected<SmsReceipt, Faults> read_firetext_receipt(const Form& form);

struct SmsOutcome {
  notifications::NotificationStatus status = notifications::NotificationStatus::technical_failure;
  // What it is instead for a message that is pending at the moment.
  notifications::NotificationStatus if_pending = notifications::NotificationStatus::technical_failure;
  // False: the provider's number stands for nothing we know of; the status is technical_failure then.
  bool is_known = true;
  // The provider's words for the event: "status 4, substatus 6". Nothing personal.
  std::string detail;
};

// `sent_by` is the provider that took the message: a code of Firetext's refines the outcome only for messages that
// went through Firetext.
SmsOutcome outcome_of(const SmsReceipt& receipt, std::string_view sent_by);

}  // namespace postroom::receipts
