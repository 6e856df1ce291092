// Varied: cadence, instant, and the two days on which London's clocks change. Must hold: the next due time is
// strictly later, local times stay local, and nothing fires twice or is skipped on a change day.
#include "worker/schedule.h"

#include <gtest/gtest.h>

namespace postroom::worker {
namespace {

using namespace std::chrono_literals;

TimeZone london() { return *TimeZone::load("Europe/London"); }
UtcTime at(std::string_view text) { return *parse_rfc3339(text); }

struct Case {
  const char* name;
  Cadence cadence;
  const char* after;
  const char* due;
};

class NextDue : public testing::TestWithParam<Case> {};

TEST_P(NextDue, IsTheFirstOneLater) {
  const Case& c = GetParam();
  EXPECT_EQ(format_rfc3339(next_due(c.cadence, at(c.after), london())), format_rfc3339(at(c.due)));
}

constexpr Duration k1750 = 17h + 50min;
constexpr Duration k0130 = 1h + 30min;

INSTANTIATE_TEST_SUITE_P(
    Table, NextDue,
    testing::Values(Case{"before", Cadence::daily(k1750), "2020-02-17T17:49:59Z", "2020-02-17T17:50:00Z"},
                    Case{"at", Cadence::daily(k1750), "2020-02-17T17:50:00Z", "2020-02-18T17:50:00Z"},
                    Case{"summer", Cadence::daily(k1750), "2020-06-01T12:00:00Z", "2020-06-01T16:50:00Z"},
                    Case{"first_summer_day", Cadence::daily(k1750), "2026-03-28T17:50:00Z", "2026-03-29T16:50:00Z"},
                    Case{"first_winter_day", Cadence::daily(k1750), "2026-10-24T16:50:00Z", "2026-10-25T17:50:00Z"},
                    Case{"phase", Cadence::every(24h, 5min), "2026-06-01T00:04:59Z", "2026-06-01T00:05:00Z"},
                    Case{"phase_at", Cadence::every(24h, 5min), "2026-06-01T00:05:00Z", "2026-06-02T00:05:00Z"},
                    Case{"skipped_reading", Cadence::daily(k0130), "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"},
                    Case{"after_skipped", Cadence::daily(k0130), "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"},
                    Case{"reading_twice", Cadence::daily(k0130), "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
                    Case{"after_twice", Cadence::daily(k0130), "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
                    Case{"friday_to_monday", Cadence::daily(16h + 30min, Days::monday_to_friday),
                         "2018-01-12T16:30:00Z", "2018-01-15T16:30:00Z"},
                    Case{"interval", Cadence::every(10min), "2026-01-01T00:09:59Z", "2026-01-01T00:10:00Z"},
                    Case{"interval_at", Cadence::every(10min), "2026-01-01T00:10:00Z", "2026-01-01T00:20:00Z"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(LatestDue, MakesUpForMissedHoursWithOneRun) {
  auto due = latest_due(Cadence::every(10min), at("2026-01-01T00:00:00Z"), at("2026-01-01T05:05:00Z"), london());
  ASSERT_TRUE(due);
  EXPECT_EQ(format_rfc3339(*due), "2026-01-01T05:00:00.000000Z");
}

TEST(LatestDue, KnowsAPhase) {
  const Cadence cadence = Cadence::every(24h, 5min);
  EXPECT_EQ(latest_due(cadence, at("2026-05-30T00:05:00Z"), at("2026-06-01T00:04:59Z"), london()),
            at("2026-05-31T00:05:00Z"));
  EXPECT_EQ(describe(cadence, london()), "daily 00:05 UTC");
}

TEST(LatestDue, IsNothingWhenAlreadyFired) {
  EXPECT_FALSE(latest_due(Cadence::daily(k1750), at("2026-01-05T17:50:00Z"), at("2026-01-06T17:49:59Z"), london()));
  EXPECT_TRUE(latest_due(Cadence::daily(k1750), at("2026-01-05T17:50:00Z"), at("2026-01-06T17:50:00Z"), london()));
}

TEST(LatestDue, LooksBackOverAWeekend) {
  auto due = latest_due(Cadence::daily(16h + 30min, Days::monday_to_friday), at("2018-01-11T16:30:00Z"),
                        at("2018-01-14T20:00:00Z"), london());
  ASSERT_TRUE(due);
  EXPECT_EQ(format_rfc3339(*due), "2018-01-12T16:30:00.000000Z");
}

TEST(EveryMinuteOfTheYear, HasExactlyOneDailyRunADay) {
  // Stepping from one due time to the next over both change days must give one run for each local date.
  TimeZone zone = london();
  UtcTime now = at("2026-01-01T00:00:00Z");
  for (int day = 0; day < 365; ++day) {
    now = next_due(Cadence::daily(k0130), now, zone);
    EXPECT_EQ(zone.local_date(now), add_days(Date{std::chrono::year{2026} / 1 / 1}, day));
  }
}

}  // namespace
}  // namespace postroom::worker
