// Varied: the moment a letter is accepted, around the cut-off, midnight, month ends and clock changes. Held: the
// day of its run, and that days' windows meet without gap or overlap.
#include "core/letters/print_day.h"

#include <gtest/gtest.h>

namespace postroom::letters {
namespace {

const TimeZone& london() {
  static const TimeZone zone = TimeZone::load("Europe/London").value();
  return zone;
}
PrintCalendar calendar() { return {.zone = london()}; }
UtcTime at(std::string_view text) { return parse_rfc3339(text).value(); }
Date day(std::string_view text) { return parse_date(text).value(); }

struct Case {
  const char* created_at;
  const char* print_day;
};

constexpr Case kPrintDays[] = {
    {"2018-01-31T17:29:59.999999", "2018-01-31"},
    {"2018-01-31T17:30:00", "2018-02-01"},
    {"2018-01-31T17:30:00.000001", "2018-02-01"},
    {"2018-01-31T17:31:00", "2018-02-01"},
    {"2018-02-28T17:31:00", "2018-03-01"},
    {"2020-02-28T17:31:00", "2020-02-29"},
    {"2020-02-29T17:31:00", "2020-03-01"},
    {"2018-12-31T17:29:00", "2018-12-31"},
    {"2018-12-31T17:31:00", "2019-01-01"},
    {"2018-03-24T17:31:00", "2018-03-25"},
    {"2018-03-25T00:30:00", "2018-03-25"},
    {"2018-03-25T01:30:00", "2018-03-25"},
    {"2018-03-25T16:29:00", "2018-03-25"},
    {"2018-03-25T16:30:00", "2018-03-26"},
    {"2018-03-25T16:31:00", "2018-03-26"},
    {"2018-03-25T17:29:00", "2018-03-26"},
    {"2018-07-02T16:29:59", "2018-07-02"},
    {"2018-07-02T16:31:00", "2018-07-03"},
    {"2018-07-02T22:30:00", "2018-07-03"},
    {"2018-07-02T23:30:00", "2018-07-03"},
    {"2018-07-03T00:30:00", "2018-07-03"},
    {"2018-10-27T16:31:00", "2018-10-28"},
    {"2018-10-28T00:30:00", "2018-10-28"},
    {"2018-10-28T01:30:00", "2018-10-28"},
    {"2018-10-28T16:31:00", "2018-10-28"},
    {"2018-10-28T17:31:00", "2018-10-29"},
    {"2019-08-01T17:35:00", "2019-08-02"},
    // X8 to X13.
    {"2026-03-28T17:45:00", "2026-03-29"},
    {"2026-03-29T16:29:59", "2026-03-29"},
    {"2026-10-24T16:35:00", "2026-10-25"},
    {"2026-10-25T00:59:00", "2026-10-25"},
    {"2026-10-25T01:01:00", "2026-10-25"},
    {"2026-12-31T17:30:00", "2027-01-01"},
    {"2028-02-28T17:31:00", "2028-02-29"},
};

TEST(PrintDay, DL5_table) {
  for (const Case& c : kPrintDays)
    EXPECT_EQ(format_date(print_day(at(c.created_at), calendar())), c.print_day) << c.created_at;
}

TEST(PrintDay, DL1_windows_are_half_open_and_meet) {
  Date today = day("2018-01-01");
  for (int i = 0; i < 800; ++i, today = add_days(today, 1)) {
    const UtcTime deadline = print_deadline(today, calendar());
    EXPECT_EQ(print_day(deadline - Duration{1}, calendar()), today);
    EXPECT_EQ(print_day(deadline, calendar()), add_days(today, 1));
  }
}

TEST(PrintDay, DL6_windows_are_23_and_25_hours_long_when_the_clocks_change) {
  const auto length = [](const char* text) {
    return print_deadline(day(text), calendar()) - print_deadline(add_days(day(text), -1), calendar());
  };
  EXPECT_EQ(length("2018-03-25"), std::chrono::hours{23});
  EXPECT_EQ(length("2018-10-28"), std::chrono::hours{25});
  EXPECT_EQ(length("2018-06-01"), std::chrono::hours{24});
  EXPECT_EQ(print_deadline(day("2018-03-25"), calendar()), at("2018-03-25T16:30:00Z"));
}

TEST(PrintDay, DL3_folder) { EXPECT_EQ(day_folder(day("2018-02-02")), "2018-02-02/"); }

struct GuardCase {
  const char* now;
  const char* deadline;  // empty: no run
};
constexpr GuardCase kGuards[] = {
    {"2020-02-17T16:50:00Z", ""},
    {"2020-02-17T17:49:30Z", ""},
    {"2020-02-17T17:49:59.999999Z", ""},
    {"2020-02-17T17:50:00Z", "2020-02-17T17:30:00.000000Z"},
    {"2020-02-17T18:49:59Z", "2020-02-17T17:30:00.000000Z"},
    {"2020-02-17T18:50:00Z", ""},
    {"2020-06-01T16:50:00Z", "2020-06-01T16:30:00.000000Z"},
    {"2020-06-01T17:50:00Z", ""},
    {"2026-03-29T16:50:00Z", "2026-03-29T16:30:00.000000Z"},
    {"2026-10-25T16:50:00Z", ""},
    {"2026-10-25T17:50:00Z", "2026-10-25T17:30:00.000000Z"},
    {"2021-01-01T17:50:00Z", "2021-01-01T17:30:00.000000Z"},
    {"2021-06-01T16:50:00Z", "2021-06-01T16:30:00.000000Z"},
};

TEST(CollateGuard, CO1_examples) {
  for (const GuardCase& c : kGuards) {
    const auto deadline = collate_deadline_due(at(c.now), calendar());
    EXPECT_EQ(deadline ? format_rfc3339(*deadline) : "", c.deadline) << c.now;
  }
}

TEST(CollateGuard, moves_with_the_cut_off) {
  const PrintCalendar early{.zone = london(), .cutoff = std::chrono::hours{12}};
  EXPECT_FALSE(collate_deadline_due(at("2020-02-17T12:19:00Z"), early));
  EXPECT_EQ(collate_deadline_due(at("2020-02-17T12:20:00Z"), early), at("2020-02-17T12:00:00Z"));
}

}  // namespace
}  // namespace postroom::letters
