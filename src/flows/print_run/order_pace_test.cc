// Varied: the rate, pauses, and the store's trouble. Held: how long callers wait in all. The clock moves with the
// waiting.
#include "flows/print_run/order_pace.h"

#include <gtest/gtest.h>

#include "ports/testing_limits.h"
#include "ports/testing_secrets.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;

struct Pace : testing::Test {
  MovableClock clock{*parse_rfc3339("2026-10-06T17:50:00Z")};
  ports::testing::MemoryLimitStore limits;
  ports::testing::MemoryStateStore state;
  Duration longest_wait{};

  OrderPace pace(int per_minute) {
    return OrderPace(limits, state, clock, per_minute, [this](Duration time) {
      longest_wait = std::max(longest_wait, time);
      clock.advance(time);
      return true;
    });
  }
  Duration time_for(OrderPace& pace, int letters) {
    const UtcTime start = clock.now();
    for (int i = 0; i < letters; ++i) EXPECT_TRUE(pace.wait_turn());
    return clock.now() - start;
  }
};

TEST_F(Pace, HT4_LettersGoAtTheRateAfterTheFirstHandful) {
  OrderPace made = pace(600);
  EXPECT_EQ(time_for(made, 200), 0s);  // a third of a minute's
  const Duration hundred = time_for(made, 100);
  EXPECT_GE(hundred, 9900ms);
  EXPECT_LE(hundred, 10'100ms);
}

TEST_F(Pace, HT4_TwoProcessesShareTheRate) {
  OrderPace one = pace(600), other = pace(600);
  time_for(one, 100);
  time_for(other, 100);
  EXPECT_GE(time_for(one, 50) + time_for(other, 50), 9900ms);
}

TEST_F(Pace, HT4_APauseStopsEverybodyAndEnds) {
  OrderPace one = pace(6000), other = pace(6000);
  ASSERT_TRUE(one.pause(30s));
  ASSERT_TRUE(other.pause(5s));  // the longer one stays
  EXPECT_EQ(time_for(other, 1), 30s);
  EXPECT_EQ(time_for(one, 1), 0s);
  EXPECT_LE(longest_wait, OrderPace::kLookAgain);
}

TEST_F(Pace, StoresInTroubleAndTheEndTurnCallersAway) {
  OrderPace made = pace(600);
  limits.fault = {.count = 1};
  EXPECT_EQ(made.wait_turn().error().kind, ErrorKind::retry_later);
  state.fault = {.count = 1};
  EXPECT_EQ(made.wait_turn().error().kind, ErrorKind::retry_later);
  EXPECT_TRUE(made.wait_turn());
  made.close();
  EXPECT_EQ(made.wait_turn().error().kind, ErrorKind::retry_later);
}

TEST_F(Pace, ClosingWakesThoseWhoWait) {
  SystemClock real;
  OrderPace made(limits, state, real, 600);
  ASSERT_TRUE(made.pause(1h));
  std::thread waiting([&] { EXPECT_FALSE(made.wait_turn()); });
  made.close();
  waiting.join();
}

}  // namespace
}  // namespace postroom::flows
