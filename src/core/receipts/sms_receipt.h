// What providers report about a text that we gave them (MMG's and Firetext's forms; Twilio's status callbacks;
// SMPP 3.4 appendix B; what settings say of another one).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "core/notifications/status.h"
#include "core/receipts/form.h"

namespace postroom::receipts {

enum class SmsProvider { mmg, firetext, twilio, http, smpp };
std::string_view to_string(SmsProvider provider);
std::optional<SmsProvider> parse_sms_provider(std::string_view text);
// As people know it: "MMG", "Firetext".
std::string_view display_name(SmsProvider provider);

struct SmsReceipt {
  SmsProvider provider = SmsProvider::mmg;
  std::string reference;   // ours, as we gave it to the provider: meant to be a notification's id. Not empty.
  std::string status;      // the provider's number or word; http: ours already. Not empty.
  std::string code;        // MMG: substatus; Firetext: code; Twilio, SMPP: error; http: its word; empty for none
  bool is_theirs = false;  // `reference` is what the provider calls the text, or a part of it

  friend bool operator==(const SmsReceipt&, const SmsReceipt&) = default;
};

// `body` is JSON, whatever its Content-Type said.
tl::expected<SmsReceipt, Faults> read_mmg_receipt(std::string_view body);
tl::expected<SmsReceipt, Faults> read_firetext_receipt(const Form& form);
// Our reference stands in the address, not in the form.
tl::expected<SmsReceipt, Faults> read_twilio_receipt(const Form& form, std::string_view reference);

// How a provider that settings describe reports.
struct CustomReceiptRules {
  std::string reference = "reference";  // names of fields, or paths in JSON ("a.0.b")
  std::string status = "status";
  std::string code;  // empty: none
  bool is_theirs = false;
  // Its words for states, in lower case, and ours; "ignored" for those that say nothing new.
  std::map<std::string, std::string, std::less<>> statuses;
};
// A word that the rules do not have is kept as unknown.
tl::expected<SmsReceipt, Faults> read_custom_receipt(const Form& form, const CustomReceiptRules& rules);
tl::expected<SmsReceipt, Faults> read_custom_receipt(const json::value& document, const CustomReceiptRules& rules);

struct SmsOutcome {
  notifications::NotificationStatus status = notifications::NotificationStatus::technical_failure;
  // What it is instead for a message that is pending at the moment.
  notifications::NotificationStatus if_pending = notifications::NotificationStatus::technical_failure;
  // False: the provider's number stands for nothing we know of; the status is technical_failure then.
  bool is_known = true;
  bool says_nothing = false;  // it is on its way, as we knew
  // The provider's words for the event: "status 4, substatus 6". Nothing personal.
  std::string detail;
};

// `sent_by` is the provider that took the message: a code of Firetext's refines the outcome only for messages that
// went through Firetext.
SmsOutcome outcome_of(const SmsReceipt& receipt, std::string_view sent_by);

}  // namespace postroom::receipts
