// Time windows of the letter checks.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "core/letters/print_day.h"
#include "core/recipients/bank_holidays.h"

namespace postroom::letters {

// By 16:00 on a working day the print house has answered for everything handed to it since the last working
// day began; half an hour later nothing of it may be in state sending.
struct StillSendingWindow {
  UtcTime before;     // letters handed over before this are overdue; UTC midnight, as handing over is dated in UTC
  Date answered_for;  // the working day whose letters the newest answer is about; for the message
};
// Nothing on days without an answer: weekends and bank holidays.
std::optional<StillSendingWindow> still_sending_window(UtcTime now, const recipients::BankHolidays& holidays);

// The same where the print house reports on each letter by itself: two working days after it was handed over,
// letter and report are overdue. Days are UTC.
std::optional<StillSendingWindow> report_overdue_window(UtcTime now, const recipients::BankHolidays& holidays);

// Letters accepted before this should have left state created: yesterday's deadline.
UtcTime still_created_before(UtcTime now, const PrintCalendar& calendar);

// "Friday 12 January".
std::string format_day_for_people(Date day);

}  // namespace postroom::letters
