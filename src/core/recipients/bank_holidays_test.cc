// Working days around holidays and weekends; the list in data/ is sound.
#include "core/recipients/bank_holidays.h"

#include <gtest/gtest.h>

namespace postroom::recipients {
namespace {

Date date(const char* text) { return *parse_date(text); }

TEST(BankHolidays, list_covers_2017_to_2028_with_eight_days_or_more_a_year) {
  const BankHolidays& holidays = BankHolidays::england_and_wales();
  EXPECT_EQ(holidays.last_year(), std::chrono::year(2028));
  for (int year = 2017; year <= 2028; ++year) {
    auto count = std::count_if(holidays.all().begin(), holidays.all().end(),
                               [&](Date day) { return day.year() == std::chrono::year(year); });
    EXPECT_GE(count, 8) << year;
    EXPECT_LE(count, 9 + (year == 2022 ? 1 : 0)) << year;
  }
  for (Date day : holidays.all()) {
    EXPECT_NE(weekday_of(day), std::chrono::Saturday) << format_date(day);
    EXPECT_NE(weekday_of(day), std::chrono::Sunday) << format_date(day);
  }
  EXPECT_TRUE(holidays.contains(date("2022-09-19")));
  EXPECT_FALSE(holidays.contains(date("2022-09-20")));
}

TEST(BankHolidays, working_days) {
  const BankHolidays& holidays = BankHolidays::england_and_wales();
  EXPECT_FALSE(is_working_day(date("2026-12-25"), WorkingDays::weekdays, holidays));
  EXPECT_FALSE(is_working_day(date("2026-12-26"), WorkingDays::weekdays, holidays));
  EXPECT_TRUE(is_working_day(date("2026-12-26"), WorkingDays::first_class, holidays));
  EXPECT_FALSE(is_working_day(date("2026-12-27"), WorkingDays::first_class, holidays));
  EXPECT_FALSE(is_working_day(date("2026-12-28"), WorkingDays::first_class, holidays));
  EXPECT_EQ(next_working_day(date("2026-12-24"), WorkingDays::weekdays, holidays), date("2026-12-29"));
  EXPECT_EQ(next_working_day(date("2026-12-24"), WorkingDays::first_class, holidays), date("2026-12-26"));
  EXPECT_EQ(add_working_days(date("2025-04-17"), 4, WorkingDays::weekdays, holidays), date("2025-04-25"));
  EXPECT_EQ(add_working_days(date("2025-04-19"), 0, WorkingDays::weekdays, holidays), date("2025-04-19"));
  // A year without a list has weekends only.
  EXPECT_TRUE(is_working_day(date("2035-12-25"), WorkingDays::weekdays, holidays));
}

TEST(BankHolidays, faulty_lines_are_named) {
  auto list = BankHolidays::parse("# comment\n2026-02-30\tno such day\n");
  ASSERT_FALSE(list);
  EXPECT_NE(list.error().message.find("line 2"), std::string::npos);
}

}  // namespace
}  // namespace postroom::recipients
