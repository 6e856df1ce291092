// Varied: spellings of times and dates, good, bad and at the edges of the calendar. What reads must be the right
// instant; everything else must be refused.
#include "base/time.h"

#include <gtest/gtest.h>

namespace postroom {
namespace {

struct Reading {
  const char* text;
  const char* written;  // nullptr: refused
};

class ReadTime : public testing::TestWithParam<Reading> {};

TEST_P(ReadTime, GivesTheInstantOrNothing) {
  auto time = parse_rfc3339(GetParam().text);
  ASSERT_EQ(time.has_value(), GetParam().written != nullptr) << GetParam().text;
  if (time) {
    EXPECT_EQ(format_rfc3339(*time), GetParam().written) << GetParam().text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReadTime,
    testing::Values(
        Reading{"2026-03-02T09:15:00Z", "2026-03-02T09:15:00.000000Z"},
        Reading{"2026-03-02t09:15:00z", "2026-03-02T09:15:00.000000Z"},
        Reading{"2026-03-02 09:15:00", "2026-03-02T09:15:00.000000Z"},
        Reading{"2026-03-02T09:15", "2026-03-02T09:15:00.000000Z"},
        Reading{"2026-03-02", "2026-03-02T00:00:00.000000Z"},
        Reading{"2026-03-02T09:15:00.1Z", "2026-03-02T09:15:00.100000Z"},
        Reading{"2026-03-02T09:15:00.123456Z", "2026-03-02T09:15:00.123456Z"},
        Reading{"2026-03-02T09:15:00.12345678Z", "2026-03-02T09:15:00.123456Z"},
        Reading{"2026-03-02T09:15:00.123456999Z", "2026-03-02T09:15:00.123456Z"},
        Reading{"2026-03-02T09:15:00.1234567890Z", nullptr}, Reading{"2026-03-02T09:15:00.Z", nullptr},
        Reading{"2026-03-02T00:30:00+01:00", "2026-03-01T23:30:00.000000Z"},
        Reading{"2026-03-02T23:30:00-0530", "2026-03-03T05:00:00.000000Z"},
        Reading{"2026-03-02T00:00:00+23:59", "2026-03-01T00:01:00.000000Z"},
        Reading{"2026-03-02T00:00:00+24:00", nullptr}, Reading{"2026-03-02T00:00:00+01:60", nullptr},
        Reading{"2026-03-02T00:00:00+1:00", nullptr},
        Reading{"2026-03-02T23:59:59Z", "2026-03-02T23:59:59.000000Z"}, Reading{"2026-03-02T24:00:00Z", nullptr},
        Reading{"2026-03-02T23:60:00Z", nullptr}, Reading{"2026-03-02T23:59:60Z", nullptr},
        Reading{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"}, Reading{"2026-02-29T00:00:00Z", nullptr},
        Reading{"2026-04-31T00:00:00Z", nullptr}, Reading{"2026-00-10T00:00:00Z", nullptr},
        Reading{"2026-13-10T00:00:00Z", nullptr}, Reading{"2026-03-00T00:00:00Z", nullptr},
        Reading{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"},
        Reading{"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
        Reading{"-026-03-02T00:00:00Z", nullptr}, Reading{"2026-3-02T00:00:00Z", nullptr},
        Reading{"2026-03-02T09:15:00Zx", nullptr}, Reading{" 2026-03-02T09:15:00Z", nullptr}, Reading{"", nullptr},
        Reading{"2026-03-02T", nullptr}, Reading{"2026-03-02T-9:15:00Z", nullptr}));

TEST(ReadDate, TakesExactlyADate) {
  const std::pair<const char*, bool> cases[] = {
      {"2026-03-02", true},  {"2024-02-29", true}, {"2025-02-29", false},
      {"2026-03-32", false}, {"2026-3-2", false},  {"2026-03-02T", false},
      {"", false},           {"20260302", false},  {"2026-03-02 ", false}};
  for (auto [text, good] : cases) {
    auto date = parse_date(text);
    EXPECT_EQ(date.has_value(), good) << text;
    if (date) {
      EXPECT_EQ(format_date(*date), text);
    }
  }
}

TEST(WriteTime, HasSixDigitsAlsoBefore1970) {
  EXPECT_EQ(format_rfc3339(from_micros(0)), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(format_rfc3339(from_micros(1)), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(format_rfc3339(from_micros(-1)), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_compact(*parse_rfc3339("2026-03-02T09:05:07.999999Z")), "20260302090507");
}

TEST(Dates, CountOverMonthsAndYears) {
  Date last{std::chrono::year{2024} / 2 / 28};
  EXPECT_EQ(format_date(add_days(last, 1)), "2024-02-29");
  EXPECT_EQ(format_date(add_days(last, 2)), "2024-03-01");
  EXPECT_EQ(format_date(add_days(Date{std::chrono::year{2026} / 1 / 1}, -1)), "2025-12-31");
  EXPECT_EQ(weekday_of(Date{std::chrono::year{2026} / 3 / 2}), std::chrono::Monday);
}

}  // namespace
}  // namespace postroom
