#include "core/letters/cancelling.h"

namespace postroom::letters {

bool is_too_late_to_cancel(UtcTime created_at, UtcTime now, const PrintCalendar& calendar) {
  return now >= print_deadline(print_day(created_at, calendar), calendar);
}

bool may_cancel(notifications::NotificationStatus status, UtcTime created_at, UtcTime now,
                const PrintCalendar& calendar) {
  using notifications::NotificationStatus;
  if (status != NotificationStatus::created && status != NotificationStatus::pending_virus_check) return false;
  return !is_too_late_to_cancel(created_at, now, calendar);
}

}  // namespace postroom::letters
