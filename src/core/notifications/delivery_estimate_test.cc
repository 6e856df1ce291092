// Varied: the moment of acceptance around cut-offs, weekends, Easter, Christmas and clock changes, and the postage.
// Held: the day by which the letter is expected, at four in the afternoon local time.
#include "core/notifications/delivery_estimate.h"

#include <gtest/gtest.h>

#include <array>

#include "base/time_zone.h"

namespace postroom::notifications {
namespace {

struct Days {
  const char* earliest;  // month and day
  const char* latest;
};
struct Row {
  const char* created_at;
  const char* printed;
  std::array<Days, 5> delivered;  // first, second, economy, Europe, rest of the world
};

// clang-format off
constexpr Row kRows[] = {
    {"2017-07-10T16:29:59Z", "07-11", {{{"07-12", "07-12"}, {"07-17", "07-18"}, {"07-17", "07-20"}, {"07-17", "07-19"}, {"07-19", "07-21"}}}},
    {"2017-07-10T16:30:01Z", "07-12", {{{"07-13", "07-13"}, {"07-18", "07-19"}, {"07-18", "07-21"}, {"07-18", "07-20"}, {"07-20", "07-24"}}}},
    {"2017-07-13T12:00:00Z", "07-14", {{{"07-15", "07-15"}, {"07-20", "07-21"}, {"07-20", "07-25"}, {"07-20", "07-24"}, {"07-24", "07-26"}}}},
    {"2017-07-16T16:30:01Z", "07-18", {{{"07-19", "07-19"}, {"07-24", "07-25"}, {"07-24", "07-27"}, {"07-24", "07-26"}, {"07-26", "07-28"}}}},
    {"2020-04-09T16:29:59Z", "04-14", {{{"04-15", "04-15"}, {"04-20", "04-21"}, {"04-20", "04-23"}, {"04-20", "04-22"}, {"04-22", "04-24"}}}},
    {"2026-01-30T17:29:00Z", "02-02", {{{"02-03", "02-03"}, {"02-06", "02-09"}, {"02-06", "02-11"}, {"02-06", "02-10"}, {"02-10", "02-12"}}}},
    {"2026-01-30T17:31:00Z", "02-02", {{{"02-03", "02-03"}, {"02-06", "02-09"}, {"02-06", "02-11"}, {"02-06", "02-10"}, {"02-10", "02-12"}}}},
    {"2026-03-29T16:29:59Z", "03-30", {{{"03-31", "03-31"}, {"04-07", "04-08"}, {"04-07", "04-10"}, {"04-07", "04-09"}, {"04-09", "04-13"}}}},
    {"2026-03-29T16:30:00Z", "03-31", {{{"04-01", "04-01"}, {"04-08", "04-09"}, {"04-08", "04-13"}, {"04-08", "04-10"}, {"04-10", "04-14"}}}},
    {"2026-04-02T16:30:00Z", "04-07", {{{"04-08", "04-08"}, {"04-13", "04-14"}, {"04-13", "04-16"}, {"04-13", "04-15"}, {"04-15", "04-17"}}}},
    {"2026-10-25T17:29:59Z", "10-26", {{{"10-27", "10-27"}, {"10-30", "11-02"}, {"10-30", "11-04"}, {"10-30", "11-03"}, {"11-03", "11-05"}}}},
    {"2026-12-23T17:29:59Z", "12-24", {{{"12-26", "12-26"}, {"01-04", "01-05"}, {"01-04", "01-07"}, {"01-04", "01-06"}, {"01-06", "01-08"}}}},
    {"2026-12-23T17:30:00Z", "12-29", {{{"12-30", "12-30"}, {"01-05", "01-06"}, {"01-05", "01-08"}, {"01-05", "01-07"}, {"01-07", "01-11"}}}},
    {"2026-12-31T17:30:01Z", "01-04", {{{"01-05", "01-05"}, {"01-08", "01-11"}, {"01-08", "01-13"}, {"01-08", "01-12"}, {"01-12", "01-14"}}}},
};
// clang-format on
constexpr std::array<Postage, 5> kPostages{Postage::first, Postage::second, Postage::economy, Postage::europe,
                                           Postage::rest_of_world};

const TimeZone& london() {
  static const TimeZone zone = TimeZone::load("Europe/London").value();
  return zone;
}

void expect_at(UtcTime time, std::string_view month_and_day, int hour) {
  EXPECT_EQ(format_date(london().local_date(time)).substr(5), month_and_day);
  EXPECT_EQ(std::chrono::floor<std::chrono::minutes>(london().time_of_day(time)), std::chrono::hours{hour});
}

TEST(DeliveryEstimate, TI5_printing_day_and_delivery_for_every_postage) {
  const auto& holidays = recipients::BankHolidays::england_and_wales();
  for (const Row& row : kRows) {
    const UtcTime created_at = parse_rfc3339(row.created_at).value();
    for (std::size_t i = 0; i < kPostages.size(); ++i) {
      SCOPED_TRACE(fmt::format("{} {}", row.created_at, to_string(kPostages[i])));
      const LetterTimings timings = letter_timings(created_at, kPostages[i], london(), holidays);
      expect_at(timings.printed_by, row.printed, 15);
      expect_at(timings.earliest_delivery, row.delivered[i].earliest, 16);
      expect_at(timings.latest_delivery, row.delivered[i].latest, 16);
      EXPECT_EQ(estimated_delivery(created_at, kPostages[i], london(), holidays), timings.latest_delivery);
      EXPECT_FALSE(timings.is_printed(timings.printed_by));
      EXPECT_TRUE(timings.is_printed(timings.printed_by + Duration{1}));
    }
  }
}

}  // namespace
}  // namespace postroom::notifications
