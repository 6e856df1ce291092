// Varied: the day a check runs. Held: which letters it looks at.
#include "core/letters/checks.h"

#include <gtest/gtest.h>

namespace postroom::letters {
namespace {

UtcTime at(std::string_view text) { return parse_rfc3339(text).value(); }

const recipients::BankHolidays& holidays() {
  static const auto table =
      recipients::BankHolidays::parse(
          "2017-12-25\tChristmas Day\n2017-12-26\tBoxing Day\n2018-01-01\tNew Year's Day\n2018-03-30\tGood Friday\n"
          "2018-04-02\tEaster Monday\n2026-12-25\tChristmas Day\n2026-12-28\tBoxing Day (substitute day)\n")
          .value();
  return table;
}

struct Case {
  const char* run;
  const char* before;  // empty: no check
  const char* answered_for;
};

constexpr Case kWindows[] = {
    {"2018-01-15T16:30:00Z", "2018-01-15T00:00:00.000000Z", "Friday 12 January"},
    {"2018-01-16T16:30:00Z", "2018-01-16T00:00:00.000000Z", "Monday 15 January"},
    {"2018-01-17T16:30:00Z", "2018-01-17T00:00:00.000000Z", "Tuesday 16 January"},
    {"2018-01-13T16:30:00Z", "", ""},
    {"2018-01-14T16:30:00Z", "", ""},
    {"2018-03-01T16:30:00Z", "2018-03-01T00:00:00.000000Z", "Wednesday 28 February"},
    {"2018-01-01T16:30:00Z", "", ""},
    {"2018-01-02T16:30:00Z", "2018-01-02T00:00:00.000000Z", "Friday 29 December"},
    {"2018-03-30T15:30:00Z", "", ""},
    {"2018-04-02T15:30:00Z", "", ""},
    {"2018-04-03T15:30:00Z", "2018-04-03T00:00:00.000000Z", "Thursday 29 March"},
    {"2026-12-29T16:30:00Z", "2026-12-29T00:00:00.000000Z", "Thursday 24 December"},
};

TEST(StillSending, CH1_CH2_windows_by_working_day) {
  for (const Case& c : kWindows) {
    const auto window = still_sending_window(at(c.run), holidays());
    ASSERT_EQ(window.has_value(), *c.before != '\0') << c.run;
    if (!window) continue;
    EXPECT_EQ(format_rfc3339(window->before), c.before) << c.run;
    EXPECT_EQ(format_day_for_people(window->answered_for), c.answered_for) << c.run;
  }
}

TEST(StillSending, CH1_letters_around_the_window) {
  struct Letter {
    const char* sent_at;
    const char* run;
    bool counted;
  };
  constexpr Letter kLetters[] = {
      {"2018-01-15T17:55:00Z", "2018-01-16T16:30:00Z", true},   // sent Monday evening, Tuesday's check
      {"2018-01-16T17:55:00Z", "2018-01-16T16:30:00Z", false},  // sent today
      {"2018-01-16T17:55:00Z", "2018-01-17T16:30:00Z", true},
      {"2018-01-12T17:55:00Z", "2018-01-15T16:30:00Z", true},  // Friday, Saturday and Sunday by Monday
      {"2018-01-13T17:55:00Z", "2018-01-15T16:30:00Z", true},
      {"2018-01-14T23:59:59.9Z", "2018-01-15T16:30:00Z", true},
      {"2018-01-11T17:55:00Z", "2018-01-15T16:30:00Z", true},  // older letters stay counted
      {"2018-01-15T00:00:00Z", "2018-01-15T16:30:00Z", false},
      {"2018-01-15T00:00:00Z", "2018-01-16T16:30:00Z", true},
      {"2018-01-16T00:10:00Z", "2018-01-16T16:30:00Z", false},  // X17: a long run past midnight
  };
  for (const Letter& letter : kLetters) {
    const auto window = still_sending_window(at(letter.run), holidays());
    ASSERT_TRUE(window);
    EXPECT_EQ(at(letter.sent_at) < window->before, letter.counted) << letter.sent_at << " at " << letter.run;
  }
}

TEST(StillSending, CH3_reports_are_due_within_two_working_days) {
  constexpr Case cases[] = {
      {"2018-01-15T19:00:00Z", "2018-01-12T00:00:00.000000Z", "Thursday 11 January"},
      {"2018-01-16T19:00:00Z", "2018-01-13T00:00:00.000000Z", "Friday 12 January"},
      {"2018-01-17T19:00:00Z", "2018-01-16T00:00:00.000000Z", "Monday 15 January"},
      {"2018-01-18T19:00:00Z", "2018-01-17T00:00:00.000000Z", "Tuesday 16 January"},
      {"2018-01-13T19:00:00Z", "", ""},
      {"2018-01-14T19:00:00Z", "", ""},
      {"2022-12-27T19:00:00Z", "", ""},
      {"2022-12-29T19:00:00Z", "2022-12-24T00:00:00.000000Z", "Friday 23 December"},
      {"2026-12-29T19:00:00Z", "2026-12-24T00:00:00.000000Z", "Wednesday 23 December"},
      {"2026-12-30T19:00:00Z", "2026-12-25T00:00:00.000000Z", "Thursday 24 December"},
      {"2027-01-04T19:00:00Z", "2026-12-31T00:00:00.000000Z", "Wednesday 30 December"},
      {"2026-04-07T19:00:00Z", "2026-04-02T00:00:00.000000Z", "Wednesday 01 April"},
      {"2026-04-08T19:00:00Z", "2026-04-03T00:00:00.000000Z", "Thursday 02 April"},
  };
  for (const Case& c : cases) {
    const auto window = report_overdue_window(at(c.run), recipients::BankHolidays::england_and_wales());
    ASSERT_EQ(window.has_value(), *c.before != '\0') << c.run;
    if (!window) continue;
    EXPECT_EQ(format_rfc3339(window->before), c.before) << c.run;
    EXPECT_EQ(format_day_for_people(window->answered_for), c.answered_for) << c.run;
  }
}

TEST(StillCreated, CH5_yesterdays_deadline) {
  const TimeZone zone = TimeZone::load("Europe/London").value();
  const PrintCalendar calendar{.zone = zone};
  EXPECT_EQ(still_created_before(at("2026-01-12T07:00:00Z"), calendar), at("2026-01-11T17:30:00Z"));
  EXPECT_EQ(still_created_before(at("2026-07-14T07:00:00Z"), calendar), at("2026-07-13T16:30:00Z"));
}

TEST(StillSending, format_has_two_digit_days) {
  EXPECT_EQ(format_day_for_people(*parse_date("2018-04-02")), "Monday 02 April");
}

}  // namespace
}  // namespace postroom::letters
