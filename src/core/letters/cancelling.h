// Until when a letter can be cancelled.
#pragma once

#include <string_view>

#include "base/result.h"
#include "core/letters/print_day.h"
#include "core/notifications/status.h"

namespace postroom::letters {

// Whether the run that takes a letter accepted at `created_at` has closed: from then on it may be on its way to the
// print house.
bool is_too_late_to_cancel(UtcTime created_at, UtcTime now, const PrintCalendar& calendar);

// Why a letter cannot be cancelled, in words for whoever asked: its run has closed, it is cancelled already, or it
// has left the states that wait. Looked at in this order, so that the reason is the one that no haste can mend.
Result<void> check_cancel(notifications::NotificationStatus status, UtcTime created_at, UtcTime now,
                          const PrintCalendar& calendar);
// The part about time alone, for one letter or a whole job: `what` is "letter" or "job". conflict.
Result<void> check_cancel_in_time(std::string_view what, UtcTime created_at, UtcTime now,
                                  const PrintCalendar& calendar);

// Whether a letter in this state can be cancelled: it waits, and its run has not closed.
bool may_cancel(notifications::NotificationStatus status, UtcTime created_at, UtcTime now,
                const PrintCalendar& calendar);

}  // namespace postroom::letters
