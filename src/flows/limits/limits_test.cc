// Limits over a store in memory. Several processes are several Limits on one store; time is moved by hand.
#include "flows/limits/limits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/random.h"
#include "ports/testing_limits.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using accounts::KeyType;
using accounts::RequestRate;
using notifications::NotificationType;
using ports::DailyChannel;

class LimitsTest : public testing::Test {
 protected:
  LimitsTest() { service_.id = ServiceId{Uuid::random(random_)}; }

  // How many of `count` requests are admitted now.
  int burst(Limits& limits, int count, KeyType key = KeyType::normal) {
    int admitted = 0;
    for (int i = 0; i < count; ++i) admitted += limits.admit_request(service_, key).has_value();
    return admitted;
  }
  bool send(Limits& limits, KeyType key = KeyType::normal, NotificationType type = NotificationType::sms,
            bool abroad = false) {
    if (!limits.admit(service_, key, type)) return false;
    auto use = limits.use_of(service_, key, type, abroad);
    if (!use) return true;
    if (!store_.count(service_.id, *use)) {
      last_refusal_ = limits.refused_by_store(service_, *use);
      return false;
    }
    limits.counted(service_.id, *use);
    return true;
  }

  SeededRandom random_{5};
  MovableClock clock_{*parse_rfc3339("2026-03-02T22:00:00Z")};
  MovableClock wall_{*parse_rfc3339("2026-03-02T22:00:00Z")};
  ports::testing::MemoryLimitStore store_;
  accounts::Service service_;
  Limits limits_{store_, clock_, wall_};
  Refusal last_refusal_;
};

TEST_F(LimitsTest, Pa41_BurstsAreThoseOfTheTable) {
  for (auto [rate, expected] : {std::pair{1, 1}, {3, 1}, {6, 2}, {60, 20}, {180, 60}, {3000, 999}, {6000, 999}}) {
    service_.id = ServiceId{Uuid::random(random_)};
    service_.requests_per_minute = rate;
    EXPECT_EQ(burst(limits_, 1'500), expected) << rate;
  }
}

TEST_F(LimitsTest, Pa41_KeysOfEachTypeHaveTheirOwn) {
  service_.requests_per_minute = 6;
  for (KeyType key : {KeyType::normal, KeyType::team, KeyType::test}) EXPECT_EQ(burst(limits_, 5, key), 2);
}

TEST_F(LimitsTest, Pa41_TheRefusalNamesTypeLimitAndWait) {
  service_.requests_per_minute = 6;
  burst(limits_, 2, KeyType::team);
  clock_.advance(4s);
  auto refused = limits_.admit_request(service_, KeyType::team);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RefusalKind::too_many_requests);
  EXPECT_EQ(refused.error().retry_after, 6s);
  EXPECT_EQ(refused.error().limit, 6);
  for (const char* part : {"TEAM", " 6 ", "60 seconds"})
    EXPECT_NE(refused.error().messages.front().find(part), std::string::npos) << refused.error().messages.front();
}

TEST_F(LimitsTest, D5_SixtyASecondAgainstFiftyIsServedFiftyInEverySecondAfterTheBurst) {
  service_.requests_per_minute = 3000;
  const UtcTime start = clock_.now();
  std::vector<int> served(280);
  for (int second = 0; second < 280; ++second) {
    for (int i = 0; i < 60; ++i) {
      clock_.set(start + std::chrono::seconds{second} + std::chrono::microseconds{1'000'000LL * i / 60});
      served[static_cast<std::size_t>(second)] += burst(limits_, 1);
    }
  }
  for (int second = 0; second < 99; ++second) EXPECT_EQ(served[second], 60) << second;
  for (int second = 101; second < 280; ++second) EXPECT_EQ(served[second], 50) << second;
}

TEST_F(LimitsTest, TheStoreIsAskedOnceInABatch) {
  service_.requests_per_minute = 3000;
  EXPECT_EQ(burst(limits_, 999), 999);
  EXPECT_LE(store_.asks, 25);
  const int asks = store_.asks;
  EXPECT_EQ(burst(limits_, 10'000), 0);
  // Refusals cost nothing: when the next token comes is known.
  EXPECT_LE(store_.asks, asks + 1);
}

TEST_F(LimitsTest, TwoProcessesShareTheBurstAndTheRate) {
  service_.requests_per_minute = 3000;
  Limits other(store_, clock_, wall_);
  int served = 0;
  for (int i = 0; i < 1'500; ++i) served += burst(i % 2 == 0 ? limits_ : other, 1);
  EXPECT_EQ(served, 999);
  // Twenty seconds of both asking far too fast.
  served = 0;
  for (int i = 0; i < 2'000; ++i) {
    clock_.advance(10ms);
    served += burst(limits_, 2) + burst(other, 2);
  }
  EXPECT_EQ(served, 1'000);
}

TEST_F(LimitsTest, WhatWasTakenAndNotUsedDoesNotAddToALaterBurst) {
  service_.requests_per_minute = 3000;
  EXPECT_EQ(burst(limits_, 1), 1);
  for (Duration pause : {Duration{1s}, Duration{1900ms}, Duration{5s}, Duration{1h}}) {
    clock_.advance(pause);
    EXPECT_LE(burst(limits_, 2'000), 999);
    clock_.advance(1min);
    EXPECT_EQ(burst(limits_, 1), 1);
  }
}

TEST_F(LimitsTest, AProcessThatDiedLeavesNoSecondBurst) {
  service_.requests_per_minute = 60;
  EXPECT_EQ(burst(limits_, 15), 15);
  Limits restarted(store_, clock_, wall_);
  EXPECT_LE(burst(restarted, 20), 5);
}

TEST_F(LimitsTest, ThousandsASecondAreGivenOutWithFewQuestions) {
  service_.requests_per_minute = 1'000'000;
  int admitted = 0;
  for (int i = 0; i < 10'000; ++i) {
    admitted += burst(limits_, 1);
    clock_.advance(100us);
  }
  EXPECT_EQ(admitted, 10'000);
  EXPECT_LE(store_.asks, 60);
}

TEST_F(LimitsTest, ManyThreadsGetNoTokenTwice) {
  service_.requests_per_minute = 3000;
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { admitted += burst(limits_, 300); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, 999);
}

TEST_F(LimitsTest, Pa41_AStoreThatIsAwayAdmitsEverybody) {
  service_.requests_per_minute = 1;
  service_.daily_limits.sms = 1;
  store_.fault.count = 3;
  EXPECT_EQ(burst(limits_, 50), 50);
  EXPECT_EQ(store_.asks, 1);
  EXPECT_TRUE(limits_.admit(service_, KeyType::normal, NotificationType::sms));
  wall_.advance(kStorePause);
  EXPECT_EQ(burst(limits_, 50), 50);
  EXPECT_EQ(store_.asks, 2);
  // Back again.
  wall_.advance(kStorePause);
  EXPECT_EQ(burst(limits_, 50), 1);
}

TEST_F(LimitsTest, BothCanBeSwitchedOff) {
  service_.requests_per_minute = 1;
  service_.daily_limits.sms = 1;
  Limits off(store_, clock_, wall_, {.requests = false, .daily = false});
  EXPECT_EQ(burst(off, 5), 5);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(send(off));
  EXPECT_FALSE(off.use_of(service_, KeyType::normal, NotificationType::sms, false));
  EXPECT_FALSE(off.left(service_, KeyType::normal, NotificationType::sms, clock_.now()));
}

TEST_F(LimitsTest, Pa42_TheDayIsCountedByChannel) {
  service_.daily_limits = {.email = 1, .sms = 2, .letter = 0, .international_sms = 1};
  EXPECT_TRUE(send(limits_));
  EXPECT_TRUE(send(limits_));
  EXPECT_FALSE(send(limits_));
  EXPECT_FALSE(send(limits_, KeyType::team));
  EXPECT_TRUE(send(limits_, KeyType::normal, NotificationType::email));
  auto refused = limits_.admit(service_, KeyType::normal, NotificationType::letter);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RefusalKind::daily_limit_reached);
  EXPECT_EQ(refused.error().limit, 0);
  EXPECT_EQ(refused.error().retry_after, 2h);
  for (const char* part : {"letter", " 0 "})
    EXPECT_NE(refused.error().messages.front().find(part), std::string::npos) << refused.error().messages.front();
}

TEST_F(LimitsTest, Pa42_ANewDayBeginsAtMidnightUtc) {
  service_.daily_limits.sms = 1;
  EXPECT_TRUE(send(limits_));
  clock_.advance(2h - 1us);
  EXPECT_FALSE(send(limits_));
  clock_.advance(1us);
  EXPECT_TRUE(send(limits_));
}

TEST_F(LimitsTest, Pa42_TestKeysAreHeldToALimitOfZeroAlone) {
  service_.daily_limits = {.email = 0, .sms = 1, .letter = 1, .international_sms = 0};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(send(limits_, KeyType::test));
  EXPECT_TRUE(send(limits_));
  EXPECT_FALSE(limits_.admit(service_, KeyType::test, NotificationType::email));
  EXPECT_FALSE(limits_.admit_international_sms(service_, KeyType::test));
  service_.trial = true;
  EXPECT_TRUE(limits_.admit(service_, KeyType::test, NotificationType::email));
  EXPECT_TRUE(limits_.admit_international_sms(service_, KeyType::test));
}

TEST_F(LimitsTest, Pa42_TextsAbroadHaveALimitOfTheirOwn) {
  service_.daily_limits.international_sms = 1;
  EXPECT_TRUE(limits_.admit_international_sms(service_, KeyType::normal));
  EXPECT_TRUE(send(limits_, KeyType::normal, NotificationType::sms, true));
  auto refused = limits_.admit_international_sms(service_, KeyType::normal);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().messages.front().find("international_sms"), std::string::npos);
  EXPECT_TRUE(send(limits_));
}

TEST_F(LimitsTest, TheStoreDecidesAndIsNamedRight) {
  service_.daily_limits = {.email = 9, .sms = 2, .letter = 9, .international_sms = 1};
  Limits other(store_, clock_, wall_);
  // This process has looked, then the other one sends.
  EXPECT_TRUE(limits_.admit(service_, KeyType::normal, NotificationType::sms));
  EXPECT_TRUE(send(other));
  EXPECT_TRUE(send(other));
  EXPECT_FALSE(send(limits_));
  EXPECT_EQ(last_refusal_.kind, RefusalKind::daily_limit_reached);
  EXPECT_EQ(last_refusal_.limit, 2);
  // From then on it knows by itself.
  const int looks = store_.looks;
  EXPECT_FALSE(limits_.admit(service_, KeyType::normal, NotificationType::sms));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(limits_.admit(service_, KeyType::normal, NotificationType::sms));
  EXPECT_EQ(store_.looks, looks + 1);
}

TEST_F(LimitsTest, FarFromTheLimitTheStoreIsRarelyAsked) {
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(send(limits_));
  EXPECT_EQ(store_.looks, 1);
  wall_.advance(kCountsGoodFor);
  EXPECT_TRUE(send(limits_));
  EXPECT_EQ(store_.looks, 2);
}

TEST_F(LimitsTest, ARaisedLimitAndWhatIsGivenBackCountSoon) {
  service_.daily_limits.sms = 1;
  EXPECT_TRUE(send(limits_));
  EXPECT_FALSE(send(limits_));
  service_.daily_limits.sms = 2;
  EXPECT_TRUE(send(limits_));
  EXPECT_FALSE(send(limits_));
  limits_.give_back(service_.id, *limits_.use_of(service_, KeyType::normal, NotificationType::sms, false));
  EXPECT_TRUE(send(limits_));
}

TEST_F(LimitsTest, SheetsLearnWhatIsLeftOfTheirDay) {
  service_.daily_limits = {.email = 9, .sms = 3, .letter = 9, .international_sms = 2};
  EXPECT_TRUE(send(limits_, KeyType::normal, NotificationType::sms, true));
  auto left = limits_.left(service_, KeyType::normal, NotificationType::sms, clock_.now());
  ASSERT_TRUE(left);
  EXPECT_EQ(left->messages, 2);
  EXPECT_EQ(left->international_sms, 1);
  EXPECT_EQ(limits_.left(service_, KeyType::normal, NotificationType::sms, clock_.now() + 3h)->messages, 3);
  EXPECT_FALSE(limits_.left(service_, KeyType::test, NotificationType::sms, clock_.now()));
}

}  // namespace
}  // namespace postroom::flows
