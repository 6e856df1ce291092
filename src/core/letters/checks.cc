#include "core/letters/checks.h"

#include <fmt/format.h>

#include <array>

namespace postroom::letters {
namespace {

using recipients::WorkingDays;

constexpr std::array<std::string_view, 7> kWeekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
// Holidays at Christmas and Easter never make a longer gap; ends the search should a table be nonsense.
constexpr int kWorkingDayGapMax = 31;

Date previous_working_day(Date day, const recipients::BankHolidays& holidays) {
  Date previous = add_days(day, -1);
  for (int i = 1; i < kWorkingDayGapMax && !recipients::is_working_day(previous, WorkingDays::weekdays, holidays);
       ++i)
    previous = add_days(previous, -1);
  return previous;
}

}  // namespace

std::optional<StillSendingWindow> still_sending_window(UtcTime now, const recipients::BankHolidays& holidays) {
  const auto today_start = std::chrono::floor<std::chrono::days>(now);
  const Date today{today_start};
  if (!recipients::is_working_day(today, WorkingDays::weekdays, holidays)) return std::nullopt;
  const Date previous = previous_working_day(today, holidays);
  // No lower bound: what is stuck stays in the count until somebody has dealt with it. Zips go out at weekends
  // too, and Monday's answer covers them, so the upper bound is today and not the end of the previous working day.
  return StillSendingWindow{.before = UtcTime{today_start}, .answered_for = previous};
}

std::optional<StillSendingWindow> report_overdue_window(UtcTime now, const recipients::BankHolidays& holidays) {
  const Date today{std::chrono::floor<std::chrono::days>(now)};
  if (!recipients::is_working_day(today, WorkingDays::weekdays, holidays)) return std::nullopt;
  const Date expected = previous_working_day(previous_working_day(today, holidays), holidays);
  return StillSendingWindow{.before = UtcTime{std::chrono::sys_days{add_days(expected, 1)}},
                            .answered_for = expected};
}

UtcTime still_created_before(UtcTime now, const PrintCalendar& calendar) {
  return print_deadline(add_days(calendar.zone.local_date(now), -1), calendar);
}

std::string format_day_for_people(Date day) {
  return fmt::format("{} {:02} {}", kWeekdays[weekday_of(day).c_encoding()], static_cast<unsigned>(day.day()),
                     kMonths[static_cast<unsigned>(day.month()) - 1]);
}

}  // namespace postroom::letters
