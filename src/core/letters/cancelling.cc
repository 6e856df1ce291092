#include "core/letters/cancelling.h"

#include <fmt/format.h>

namespace postroom::letters {

namespace {

// "5.30pm", "12am".
std::string clock_text(Duration time_of_day) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time_of_day).count();
  const auto hour = minutes / 60;
  std::string text = fmt::format("{}", hour % 12 == 0 ? 12 : hour % 12);
  if (minutes % 60 != 0) text += fmt::format(".{:02}", minutes % 60);
  return text + (hour < 12 ? "am" : "pm");
}

std::string day_text(Date day, Date today) {
  if (day == today) return "today";
  if (day == add_days(today, -1)) return "yesterday";
  return "on " + format_date(day);
}

}  // namespace

bool is_too_late_to_cancel(UtcTime created_at, UtcTime now, const PrintCalendar& calendar) {
  return now >= print_deadline(print_day(created_at, calendar), calendar);
}

Result<void> check_cancel_in_time(std::string_view what, UtcTime created_at, UtcTime now,
                                  const PrintCalendar& calendar) {
  if (!is_too_late_to_cancel(created_at, now, calendar)) return {};
  return fail(ErrorKind::conflict,
              fmt::format("It is too late to cancel this {}: printing began {} at {}", what,
                          day_text(print_day(created_at, calendar), calendar.zone.local_date(now)),
                          clock_text(calendar.cutoff)));
}

Result<void> check_cancel(notifications::NotificationStatus status, UtcTime created_at, UtcTime now,
                          const PrintCalendar& calendar) {
  using notifications::NotificationStatus;
  POSTROOM_CHECK(check_cancel_in_time("letter", created_at, now, calendar));
  if (status == NotificationStatus::cancelled) return fail(ErrorKind::conflict, "This letter is cancelled already");
  if (may_cancel(status, created_at, now, calendar)) return {};
  return fail(
      ErrorKind::conflict,
      fmt::format("This letter, made at {}, cannot be cancelled: it is {}, and only letters that are created "
                  "or pending-virus-check can",
                  format_rfc3339(created_at), to_string(status)));
}

bool may_cancel(notifications::NotificationStatus status, UtcTime created_at, UtcTime now,
                const PrintCalendar& calendar) {
  using notifications::NotificationStatus;
  if (status != NotificationStatus::created && status != NotificationStatus::pending_virus_check) return false;
  return !is_too_late_to_cancel(created_at, now, calendar);
}

}  // namespace postroom::letters
