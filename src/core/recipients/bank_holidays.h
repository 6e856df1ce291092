// Bank holidays of England and Wales, and the working days that printing and post follow.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace postroom::recipients {

class BankHolidays {
 public:
  // One line a day: "2026-12-25<TAB>Christmas Day". Lines that start with # and empty lines are skipped.
  // invalid_input names the line.
  static Result<BankHolidays> parse(std::string_view tsv);
  // The list compiled in from data/bank_holidays.tsv. A year that it lacks has no holidays.
  static const BankHolidays& england_and_wales();

  bool contains(Date date) const;
  // The last year with an entry: operators are warned before it ends.
  std::chrono::year last_year() const;
  const std::vector<Date>& all() const { return dates_; }

 private:
  std::vector<Date> dates_;  // ascending
};

enum class WorkingDays {
  weekdays,     // Monday to Friday: printing, and all post but first class
  first_class,  // Monday to Saturday
};

bool is_working_day(Date date, WorkingDays calendar, const BankHolidays& holidays);
// The first working day strictly after `date`.
Date next_working_day(Date date, WorkingDays calendar, const BankHolidays& holidays);
// The `count`-th working day strictly after `date`; `date` itself for 0. Count: 0 to kWorkingDaysMax.
inline constexpr int kWorkingDaysMax = 366;
Date add_working_days(Date date, int count, WorkingDays calendar, const BankHolidays& holidays);

}  // namespace postroom::recipients
