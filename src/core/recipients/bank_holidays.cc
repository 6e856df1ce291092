#include "core/recipients/bank_holidays.h"

#include <algorithm>

#include "base/text.h"
#include "core/recipients/data_tables.h"

namespace postroom::recipients {

Result<BankHolidays> BankHolidays::parse(std::string_view tsv) {
  BankHolidays holidays;
  std::size_t number = 0;
  for (const std::string& line : split(tsv, '\n')) {
    ++number;
    if (trim(line).empty() || line.starts_with('#')) continue;
    std::string_view cell = std::string_view(line).substr(0, line.find('\t'));
    auto date = parse_date(trim(cell));
    if (!date)
      return fail(ErrorKind::invalid_input,
                  "bank holidays line " + std::to_string(number) + ": must start with a date such as 2026-12-25");
    holidays.dates_.push_back(*date);
  }
  std::sort(holidays.dates_.begin(), holidays.dates_.end());
  return holidays;
}

const BankHolidays& BankHolidays::england_and_wales() {
  // A list that does not parse is a fault of the build, which the tests find.
  static const BankHolidays holidays = parse(data_tables::bank_holidays()).value_or(BankHolidays{});
  return holidays;
}

bool BankHolidays::contains(Date date) const { return std::binary_search(dates_.begin(), dates_.end(), date); }

std::chrono::year BankHolidays::last_year() const {
  return dates_.empty() ? std::chrono::year::min() : dates_.back().year();
}

bool is_working_day(Date date, WorkingDays calendar, const BankHolidays& holidays) {
  std::chrono::weekday day = weekday_of(date);
  if (day == std::chrono::Sunday) return false;
  if (day == std::chrono::Saturday && calendar == WorkingDays::weekdays) return false;
  return !holidays.contains(date);
}

Date next_working_day(Date date, WorkingDays calendar, const BankHolidays& holidays) {
  // A list in which every day is a holiday must not hang the caller.
  for (int step = 0; step < kWorkingDaysMax; ++step) {
    date = add_days(date, 1);
    if (is_working_day(date, calendar, holidays)) break;
  }
  return date;
}

Date add_working_days(Date date, int count, WorkingDays calendar, const BankHolidays& holidays) {
  for (int step = 0; step < std::min(count, kWorkingDaysMax); ++step)
    date = next_working_day(date, calendar, holidays);
  return date;
}

}  // namespace postroom::recipients
