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

}  // namespace
}  // namespace postroom::letters
