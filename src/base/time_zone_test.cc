// Varied: wall-clock readings around both of London's clock changes. Each reading must give one instant, and each
// instant its reading.
#include "base/time_zone.h"

#include <gtest/gtest.h>

namespace postroom {
namespace {

using namespace std::chrono_literals;

TimeZone london() { return *TimeZone::load("Europe/London"); }

struct Reading {
  const char* date;
  Duration time_of_day;
  const char* utc;
};

class ToUtc : public testing::TestWithParam<Reading> {};

TEST_P(ToUtc, GivesTheInstant) {
  const Reading& r = GetParam();
  EXPECT_EQ(format_rfc3339(london().to_utc(*parse_date(r.date), r.time_of_day)), std::string(r.utc) + ".000000Z");
}

INSTANTIATE_TEST_SUITE_P(Table, ToUtc,
                         testing::Values(Reading{"2026-01-15", 17h + 30min, "2026-01-15T17:30:00"},
                                         Reading{"2026-07-15", 17h + 30min, "2026-07-15T16:30:00"},
                                         // Clocks go from 01:00 to 02:00.
                                         Reading{"2026-03-29", 59min, "2026-03-29T00:59:00"},
                                         Reading{"2026-03-29", 1h, "2026-03-29T01:00:00"},
                                         Reading{"2026-03-29", 1h + 30min, "2026-03-29T01:30:00"},
                                         Reading{"2026-03-29", 1h + 59min, "2026-03-29T01:59:00"},
                                         Reading{"2026-03-29", 2h, "2026-03-29T01:00:00"},
                                         Reading{"2026-03-29", 2h + 1min, "2026-03-29T01:01:00"},
                                         // Clocks go from 02:00 back to 01:00.
                                         Reading{"2026-10-25", 59min, "2026-10-24T23:59:00"},
                                         Reading{"2026-10-25", 1h, "2026-10-25T00:00:00"},
                                         Reading{"2026-10-25", 1h + 30min, "2026-10-25T00:30:00"},
                                         Reading{"2026-10-25", 2h, "2026-10-25T02:00:00"}));

TEST(LocalDate, ChangesAtLocalMidnight) {
  TimeZone zone = london();
  const std::tuple<const char*, const char*, Duration> cases[] = {
      {"2026-06-30T22:59:59Z", "2026-06-30", 23h + 59min + 59s},
      {"2026-06-30T23:00:00Z", "2026-07-01", 0h},
      {"2026-12-31T23:59:59Z", "2026-12-31", 23h + 59min + 59s},
      {"2026-03-29T00:59:59Z", "2026-03-29", 59min + 59s},
      {"2026-03-29T01:00:00Z", "2026-03-29", 2h},
      {"2026-10-25T00:30:00Z", "2026-10-25", 1h + 30min},
      {"2026-10-25T01:30:00Z", "2026-10-25", 1h + 30min},
      {"1960-01-01T12:00:00Z", "1960-01-01", 12h}};
  for (auto [utc, date, time_of_day] : cases) {
    UtcTime time = *parse_rfc3339(utc);
    EXPECT_EQ(format_date(zone.local_date(time)), date) << utc;
    EXPECT_EQ(zone.time_of_day(time), time_of_day) << utc;
    EXPECT_EQ(zone.to_local(time).time_since_epoch(),
              std::chrono::sys_days{*parse_date(date)}.time_since_epoch() + time_of_day)
        << utc;
  }
}

TEST(LoadZone, NamesWhatIsUnknown) {
  EXPECT_EQ(london().name(), "Europe/London");
  for (const char* name : {"Europe/Atlantis", "", "../etc/passwd"}) {
    auto zone = TimeZone::load(name);
    ASSERT_FALSE(zone) << name;
    EXPECT_EQ(zone.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(zone.error().message.find("'" + std::string(name) + "'"), std::string::npos);
    EXPECT_NE(zone.error().message.find("Europe/London"), std::string::npos);
  }
}

}  // namespace
}  // namespace postroom
