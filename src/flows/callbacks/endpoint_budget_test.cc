// Varied: how a receiver does. What must hold: little goes to one that is not well, much to one that is.
#include "flows/callbacks/endpoint_budget.h"

#include <gtest/gtest.h>

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;

class EndpointBudgetTest : public testing::Test {
 protected:
  void end(bool is_alive, Duration took = 5ms, std::optional<Duration> asked = {}) {
    budget_.started();
    budget_.ended(is_alive, took, asked, now_, random_);
  }
  EndpointBudget budget_;
  SeededRandom random_{3};
  UtcTime now_ = from_micros(1'772'442'900'000'000);
};

TEST_F(EndpointBudgetTest, StartsSmallAndGrowsWithGoodAnswers) {
  for (int i = 0; i < kInFlightFirst; ++i) {
    EXPECT_TRUE(budget_.may_start(now_));
    budget_.started();
  }
  EXPECT_FALSE(budget_.may_start(now_));
  EXPECT_FALSE(budget_.paused_until(now_)) << "it is full, not in trouble";
  EXPECT_FALSE(budget_.is_prompt()) << "nothing is known of it";
  for (int i = 0; i < kInFlightFirst; ++i) budget_.ended(true, 5ms, {}, now_, random_);
  EXPECT_TRUE(budget_.is_prompt());
  for (int i = 0; i < 1'000; ++i) end(true);
  EXPECT_EQ(budget_.limit(), kInFlightMax);
}

TEST_F(EndpointBudgetTest, SlowOnesAreNotPrompt) {
  for (int i = 0; i < 50; ++i) end(true, 2s);
  EXPECT_FALSE(budget_.is_prompt());
  for (int i = 0; i < 50; ++i) end(true, 5ms);
  EXPECT_TRUE(budget_.is_prompt());
}

TEST_F(EndpointBudgetTest, IsLeftAloneAfterFailuresInARowAndAskedOnce) {
  end(true);
  for (int i = 1; i < kFailuresToPause; ++i) end(false);
  EXPECT_FALSE(budget_.paused_until(now_));
  end(false);
  auto until = budget_.paused_until(now_);
  ASSERT_TRUE(until);
  EXPECT_GE(*until, now_ + kPauseFirst / 2);
  EXPECT_LE(*until, now_ + kPauseFirst);
  EXPECT_FALSE(budget_.may_start(now_));
  now_ = *until;
  EXPECT_TRUE(budget_.may_start(now_));
  EXPECT_FALSE(budget_.paused_until(now_));
  budget_.started();
  EXPECT_FALSE(budget_.may_start(now_)) << "one at a time";
  ASSERT_TRUE(budget_.paused_until(now_)) << "the others wait for what comes of it";
  EXPECT_GT(*budget_.paused_until(now_), now_);
  budget_.ended(true, 5ms, {}, now_, random_);
  EXPECT_TRUE(budget_.may_start(now_));
  EXPECT_FALSE(budget_.paused_until(now_));
}

TEST_F(EndpointBudgetTest, PausesGrowUpToTheMaximum) {
  for (int i = 0; i < kFailuresToPause; ++i) end(false);
  Duration last{};
  for (int i = 0; i < 12; ++i) {
    auto until = budget_.paused_until(now_);
    ASSERT_TRUE(until);
    last = *until - now_;
    EXPECT_LE(last, kPauseMax);
    now_ = *until;
    end(false);
  }
  EXPECT_GE(last, kPauseMax * 4 / 5);
}

TEST_F(EndpointBudgetTest, LateFailuresOfOnePauseCountOnce) {
  for (int i = 0; i < 40; ++i) budget_.started();
  for (int i = 0; i < 40; ++i) budget_.ended(false, 5s, {}, now_, random_);
  ASSERT_TRUE(budget_.paused_until(now_));
  EXPECT_LE(*budget_.paused_until(now_), now_ + kPauseFirst);
}

TEST_F(EndpointBudgetTest, AReceiverMayAskToBeLeftAlone) {
  end(false, 5ms, 90s);
  ASSERT_TRUE(budget_.paused_until(now_));
  EXPECT_EQ(*budget_.paused_until(now_), now_ + 90s);
  now_ += 90s;
  EXPECT_TRUE(budget_.may_start(now_));
}

TEST_F(EndpointBudgetTest, FewWaitForASlowOneInFrontOfOthers) {
  for (int i = 0; i < 100; ++i) end(true, 1ms);
  EXPECT_EQ(budget_.soon(), 64u * 500u);
  for (int i = 0; i < 100; ++i) end(true, 400ms);
  EXPECT_LE(budget_.soon(), 128u);
  EXPECT_GE(budget_.soon(), kSoonMin);
}

TEST_F(EndpointBudgetTest, WhatDoesNotFitIsSpreadAsItWasWorkedOff) {
  for (int i = 0; i < 100; ++i) end(true, 640ms);  // with 64 at once: one every 10 ms
  ASSERT_EQ(budget_.limit(), kInFlightMax);
  UtcTime last{};
  for (int i = 0; i < 1'000; ++i) last = budget_.next_slot(now_);
  EXPECT_GT(last, now_ + 9s);
  EXPECT_LT(last, now_ + 13s);
}

}  // namespace
}  // namespace postroom::flows
