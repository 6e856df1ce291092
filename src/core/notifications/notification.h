// One message to one recipient.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "core/accounts/api_key.h"
#include "core/notifications/status.h"
#include "core/notifications/types.h"

namespace postroom::notifications {

struct Notification {
  NotificationId id;
  ServiceId service_id;
  NotificationType type = NotificationType::sms;
  NotificationStatus status = NotificationStatus::created;
  accounts::KeyType key_type = accounts::KeyType::normal;
  std::optional<ApiKeyId> api_key_id;  // none: sent from the web or by a job
  TemplateId template_id;
  int template_version = 1;
  std::optional<JobId> job_id;
  std::optional<int> job_row;         // from 0
  std::string reference;              // letters: 16 characters A-Z 0-9, unique; empty for others
  std::string client_reference;       // what the caller gave
  bool has_client_reference = false;  // an empty reference is kept apart from none
  std::optional<Postage> postage;     // letters only
  int billable_units = 0;             // sms: fragments; letters: sheets; email: 0
  bool international = false;
  std::string phone_prefix;    // sms: country code, for example "44"
  double rate_multiplier = 1;  // sms: price of a fragment relative to a UK one
  UtcTime created_at;
  std::optional<UtcTime> scheduled_for;  // not to be handed over before
  std::optional<UtcTime> sent_at;        // handed to the provider
  std::optional<UtcTime> updated_at;     // last change of state
  std::string sent_by;                   // provider's name; empty before the hand-over
  std::string provider_reference;        // what the provider calls it
  int document_count = 0;                // email: files sent as links

  // Personal: encrypted at rest, never logged.
  std::string to;               // as the caller gave it; letters: address lines joined by \n
  std::string normalised_to;    // for look-up: digits, lower-case address, or letters without white space
  std::string personalisation;  // JSON object text as accepted, order kept
  std::string reply_to;         // email: reply-to address; sms: sender; letter: contact block
  std::string unsubscribe_url;  // email: one-click unsubscribe URL given by the caller
  std::string created_by_name;  // who sent it by hand

  friend bool operator==(const Notification&, const Notification&) = default;
};

// Last change of state, once the message has come to its end.
std::optional<UtcTime> completed_at(const Notification& notification);

// The personal part as one JSON text, for stores to encrypt as one record, and back.
std::string personal_part(const Notification& notification);
// corrupt when `text` is not what personal_part() wrote.
Result<void> restore_personal_part(Notification& notification, std::string_view text);

// One line of a message's story: every move of state and every attempt, with its cause. Never personal.
struct NotificationEvent {
  UtcTime at;
  NotificationStatus status = NotificationStatus::created;  // the state after the event
  std::string cause;   // dotted word: "accepted", "provider.accepted", "receipt.delivered", "zip.verified"
  std::string detail;  // provider reference, zip name, error sentence; may be empty

  friend bool operator==(const NotificationEvent&, const NotificationEvent&) = default;
};

}  // namespace postroom::notifications
