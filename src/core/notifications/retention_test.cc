#include "core/notifications/retention.h"

#include <gtest/gtest.h>

namespace postroom::notifications {
namespace {

TEST(Retention, RE1_EndsAtLocalMidnight) {
  struct Row {
    int days;
    const char* now;
    const char* horizon;
  };
  constexpr Row kRows[] = {
      {7, "2026-01-15T03:00:00Z", "2026-01-08T00:00:00Z"},
      {7, "2026-04-03T02:00:00Z", "2026-03-27T00:00:00Z"},  // winter's side of the change
      {7, "2026-04-06T02:00:00Z", "2026-03-29T23:00:00Z"},
      {3, "2026-10-27T03:00:00Z", "2026-10-23T23:00:00Z"},
      {90, "2026-01-01T00:00:00Z", "2025-10-02T23:00:00Z"},
      {7, "2026-07-14T22:59:59Z", "2026-07-06T23:00:00Z"},
      {7, "2026-07-14T23:00:00Z", "2026-07-07T23:00:00Z"},
      {7, "2028-03-06T12:00:00Z", "2028-02-28T00:00:00Z"},
  };
  const TimeZone zone = TimeZone::load("Europe/London").value();
  for (const Row& row : kRows) {
    EXPECT_EQ(retention_horizon(parse_rfc3339(row.now).value(), row.days, zone), parse_rfc3339(row.horizon).value())
        << row.now;
  }
}

}  // namespace
}  // namespace postroom::notifications
