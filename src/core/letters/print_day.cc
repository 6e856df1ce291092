#include "core/letters/print_day.h"

namespace postroom::letters {

UtcTime print_deadline(Date day, const PrintCalendar& calendar) {
  return calendar.zone.to_utc(day, calendar.cutoff);
}

Date print_day(UtcTime created_at, const PrintCalendar& calendar) {
  // Compared as instants, not as wall-clock readings, so that this and print_deadline() cannot disagree in an
  // hour that occurs twice.
  const Date day = calendar.zone.local_date(created_at);
  return created_at < print_deadline(day, calendar) ? day : add_days(day, 1);
}

std::string day_folder(Date day) { return format_date(day) + "/"; }

std::optional<UtcTime> collate_deadline_due(UtcTime now, const PrintCalendar& calendar) {
  const Duration since_cutoff = calendar.zone.time_of_day(now) - calendar.cutoff;
  if (since_cutoff < kCollateOpensAfter || since_cutoff >= kCollateClosesAfter) return std::nullopt;
  return print_deadline(calendar.zone.local_date(now), calendar);
}

}  // namespace postroom::letters
