// Varied: the moment a letter is accepted and the moment it is to be cancelled, around the cut-off, midnight, clock
// changes and the year's end. More moments are in tests/data/letter_dates.json, run by tests/vectors.
#include "core/letters/cancelling.h"

#include <gtest/gtest.h>

namespace postroom::letters {
namespace {

struct Case {
  const char* created_at;
  const char* now;
  bool too_late;
};

constexpr Case kCases[] = {
    {"2026-01-14T10:00:00", "2026-01-14T17:29:59", false}, {"2026-01-14T10:00:00", "2026-01-14T17:30:00", true},
    {"2026-01-14T17:29:59", "2026-01-14T17:30:00", true},  {"2026-01-14T17:30:00", "2026-01-14T17:30:05", false},
    {"2026-01-14T17:30:20", "2026-01-14T17:30:40", false}, {"2026-01-14T17:30:20", "2026-01-14T17:31:05", false},
    {"2026-01-14T17:30:30", "2026-01-15T09:00:00", false}, {"2026-01-14T17:31:00", "2026-01-14T23:00:00", false},
    {"2026-01-14T17:31:00", "2026-01-15T17:29:59", false}, {"2026-01-14T17:31:00", "2026-01-15T17:30:00", true},
    {"2026-01-14T17:29:00", "2026-01-15T00:00:01", true},  {"2026-07-14T16:29:59", "2026-07-14T16:30:00", true},
    {"2026-07-14T16:30:01", "2026-07-14T17:45:00", false}, {"2026-03-28T17:31:00", "2026-03-29T16:29:59", false},
    {"2026-03-28T17:31:00", "2026-03-29T16:30:00", true},  {"2026-10-24T16:31:00", "2026-10-25T16:30:00", false},
    {"2026-10-24T16:31:00", "2026-10-25T17:30:00", true},  {"2025-12-31T17:45:00", "2026-01-01T17:29:00", false},
    {"2026-01-14T23:59:00", "2026-01-16T00:01:00", true},
};

TEST(Cancelling, CA3_UntilTheRunOfTheLetterCloses) {
  const TimeZone zone = TimeZone::load("Europe/London").value();
  for (const Case& c : kCases) {
    UtcTime created_at = parse_rfc3339(c.created_at).value();
    UtcTime now = parse_rfc3339(c.now).value();
    EXPECT_EQ(is_too_late_to_cancel(created_at, now, {.zone = zone}), c.too_late) << c.created_at << " " << c.now;
    EXPECT_EQ(may_cancel(notifications::NotificationStatus::created, created_at, now, {.zone = zone}), !c.too_late);
    EXPECT_FALSE(may_cancel(notifications::NotificationStatus::sending, created_at, now, {.zone = zone}));
  }
}

TEST(Cancelling, CA1_ReasonsInTheirOrder) {
  using enum notifications::NotificationStatus;
  const TimeZone zone = TimeZone::load("Europe/London").value();
  struct Row {
    notifications::NotificationStatus status;
    const char* now;
    const char* reason;  // null: it can be cancelled
  };
  constexpr Row kRows[] = {
      {created, "2026-07-14T10:00:00", nullptr},
      {pending_virus_check, "2026-07-14T10:00:00", nullptr},
      {created, "2026-07-14T16:30:00", "printing began today at 5.30pm"},
      {created, "2026-07-14T23:00:00", "printing began yesterday at 5.30pm"},  // past midnight in London
      {created, "2026-07-16T09:00:00", "printing began on 2026-07-14 at 5.30pm"},
      // Too late comes before everything else.
      {cancelled, "2026-07-15T09:00:00", "too late"},
      {sending, "2026-07-15T09:00:00", "too late"},
      {cancelled, "2026-07-14T10:00:00", "cancelled already"},
      {sending, "2026-07-14T10:00:00", "made at 2026-07-14T08:00:00.000000Z, cannot be cancelled: it is sending"},
      {technical_failure, "2026-07-14T10:00:00", "it is technical-failure"},
  };
  const UtcTime created_at = parse_rfc3339("2026-07-14T08:00:00").value();
  for (const Row& row : kRows) {
    auto checked = check_cancel(row.status, created_at, parse_rfc3339(row.now).value(), {.zone = zone});
    EXPECT_EQ(checked.has_value(), row.reason == nullptr) << row.now;
    if (checked || row.reason == nullptr) continue;
    EXPECT_NE(checked.error().message.find(row.reason), std::string::npos) << checked.error().message;
  }
}

TEST(Cancelling, TheCutoffIsSaidAsTheClockShowsIt) {
  const TimeZone zone = TimeZone::load("Europe/London").value();
  const UtcTime created_at = parse_rfc3339("2026-01-13T00:00:00").value();
  for (auto [minutes, text] : {std::pair{0, "at 12am"}, {12 * 60, "at 12pm"}, {9 * 60 + 5, "at 9.05am"}}) {
    auto checked = check_cancel_in_time("job", created_at, created_at + std::chrono::hours{48},
                                        {.zone = zone, .cutoff = std::chrono::minutes{minutes}});
    ASSERT_FALSE(checked);
    EXPECT_NE(checked.error().message.find(text), std::string::npos) << checked.error().message;
    EXPECT_NE(checked.error().message.find("this job"), std::string::npos);
  }
}

}  // namespace
}  // namespace postroom::letters
