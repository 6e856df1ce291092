// What Amazon SES reports about an email.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "core/notifications/status.h"

namespace postroom::receipts {

struct SesEvent {
  enum class Kind { receipt, complaint };
  Kind kind = Kind::receipt;
  std::string message_id;          // SES's own id of the email: our provider reference
  std::optional<UtcTime> sent_at;  // when SES took it; nothing when it does not say
  // Receipts.
  notifications::NotificationStatus status = notifications::NotificationStatus::delivered;
  std::string detail;  // "bounce Permanent, General"; never personal
  // Complaints.
  std::string feedback_id;
  std::string complaint_type;  // "abuse"; may be empty
  std::optional<UtcTime> complained_at;
  std::string recipient;  // personal: who complained, as the email was addressed
};

// `message` is the text inside the SNS message; both of SES's forms are read, notifications ("notificationType")
// and event publishing ("eventType"). invalid_input for anything else, naming the member.
Result<SesEvent> parse_ses_event(std::string_view message);

}  // namespace postroom::receipts
