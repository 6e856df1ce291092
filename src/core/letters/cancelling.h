// Until when a letter can be cancelled.
#pragma once

#include "core/letters/print_day.h"
#include "core/notifications/status.h"

namespace postroom::letters {

// Whether the run that takes a letter accepted at `created_at` has closed: from then on it may be on its way to the
// print house.
bool is_too_late_to_cancel(UtcTime created_at, UtcTime now, const PrintCalendar& calendar);

// Whether a letter in this state can be cancelled: it waits, and its run has not closed.
bool may_cancel(notifications::NotificationStatus status, UtcTime created_at, UtcTime now,
                const PrintCalendar& calendar);

}  // namespace postroom::letters
