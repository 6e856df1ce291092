// Varied: a standing and a running movable clock. The first shows what was set, the second runs on from there.
#include "base/clock.h"

#include <gtest/gtest.h>

namespace postroom {
namespace {

using namespace std::chrono_literals;

TEST(MovableClock, StandsStill) {
  MovableClock clock(from_micros(1000));
  EXPECT_EQ(clock.now(), from_micros(1000));
  clock.advance(5us);
  EXPECT_EQ(clock.now(), from_micros(1005));
  clock.set(from_micros(7));
  EXPECT_EQ(clock.now(), from_micros(7));
  EXPECT_EQ(clock.offset(), Duration{0});
}

TEST(MovableClock, RunsWithItsBase) {
  MovableClock base(from_micros(1000));
  MovableClock clock(static_cast<const Clock&>(base));
  EXPECT_EQ(clock.now(), base.now());
  clock.set(from_micros(5000));
  EXPECT_EQ(clock.offset(), Duration{4000});
  base.advance(10us);
  EXPECT_EQ(clock.now(), from_micros(5010));
  clock.advance(-100us);
  EXPECT_EQ(clock.now(), from_micros(4910));
  clock.set_offset(-10us);
  EXPECT_EQ(clock.now(), from_micros(1000));
}

TEST(SystemClock, IsBetweenTwoReadingsOfTheSystem) {
  auto before = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  UtcTime now = SystemClock().now();
  auto after = std::chrono::ceil<std::chrono::microseconds>(std::chrono::system_clock::now());
  EXPECT_LE(before, now);
  EXPECT_LE(now, after);
}

}  // namespace
}  // namespace postroom
