// The bucket by itself: the table of bursts and waits, callers at steady rates for minutes, rates that divide
// nothing evenly, clocks that jump. Time is made up, so that every figure is exact.
#include "core/accounts/token_bucket.h"

#include <gtest/gtest.h>

namespace postroom::accounts {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr UtcTime kStart = UtcTime{seconds{1'772'442'900}};

int burst_from_full(RequestRate rate) {
  TokenBucket bucket = full_bucket(rate, kStart);
  int served = 0;
  while (take_tokens(bucket, rate, kStart, 1) == 1) ++served;
  return served;
}

struct BurstRow {
  int per_minute;
  int burst;
  Duration token_time;  // the wait after emptying; a reference that charges refused calls waits for two of these
};
constexpr BurstRow kBursts[] = {
    {1, 1, seconds{60}},
    {2, 1, seconds{30}},
    {3, 1, seconds{20}},
    {4, 2, seconds{15}},
    {6, 2, seconds{10}},
    {60, 20, seconds{1}},
    {180, 60, microseconds{333'334}},
    {3000, 999, milliseconds{20}},
    {6000, 999, milliseconds{10}},
    {60'000'000, 999, microseconds{1}},
};

TEST(TokenBucket, Pl71_BurstsAndWaitsOfTheTable) {
  for (const BurstRow& row : kBursts) {
    const RequestRate rate{row.per_minute};
    EXPECT_EQ(rate.burst(), row.burst) << row.per_minute;
    EXPECT_EQ(burst_from_full(rate), row.burst) << row.per_minute;
    TokenBucket bucket{0, kStart};
    EXPECT_EQ(time_to_token(bucket, rate, kStart), row.token_time) << row.per_minute;
    EXPECT_EQ(tokens_at(bucket, rate, kStart + row.token_time - microseconds{1}), 0) << row.per_minute;
    EXPECT_EQ(tokens_at(bucket, rate, kStart + row.token_time), 1) << row.per_minute;
  }
}

TEST(TokenBucket, NothingIsAllowedAtRateZero) {
  for (int per_minute : {0, -1}) {
    const RequestRate rate{per_minute};
    TokenBucket bucket = full_bucket(rate, kStart);
    EXPECT_EQ(take_tokens(bucket, rate, kStart + seconds{3600}, 1), 0);
    EXPECT_EQ(time_to_token(bucket, rate, kStart), Duration::max());
  }
}

// Served in each second by a caller that asks `asks` times a second, evenly.
std::vector<int> served_each_second(RequestRate rate, int asks, int for_seconds, TokenBucket bucket) {
  std::vector<int> out;
  for (int second = 0; second < for_seconds; ++second) {
    int served = 0;
    for (int i = 0; i < asks; ++i) {
      const UtcTime now = kStart + seconds{second} + microseconds{1'000'000LL * i / asks};
      served += take_tokens(bucket, rate, now, 1);
    }
    out.push_back(served);
  }
  return out;
}

TEST(TokenBucket, D5_SixtyASecondAgainstFiftyIsServedFiftyInEverySecondAfterTheBurst) {
  const RequestRate rate{3000};
  // 999 tokens and ten more than are used each second: the burst is over within a hundred seconds.
  const auto served = served_each_second(rate, 60, 280, full_bucket(rate, kStart));
  for (int second = 0; second < 99; ++second) EXPECT_EQ(served[second], 60) << second;
  for (int second = 100; second < 280; ++second) EXPECT_EQ(served[second], 50) << second;
}

TEST(TokenBucket, Pl71_AllOfASteadyCallerWithinTheRateAreServed) {
  const RequestRate rate{3000};
  for (int count : served_each_second(rate, 50, 120, full_bucket(rate, kStart))) EXPECT_EQ(count, 50);
}

TEST(TokenBucket, D5_RefusedCallsCostNothing) {
  const RequestRate rate{60};
  TokenBucket bucket{0, kStart};
  // Once a second, and a hundred refused ones between.
  for (int second = 1; second <= 60; ++second) {
    for (int i = 99; i > 0; --i)
      EXPECT_EQ(take_tokens(bucket, rate, kStart + seconds{second} - milliseconds{10 * i}, 1), 0);
    EXPECT_EQ(take_tokens(bucket, rate, kStart + seconds{second}, 1), 1) << second;
  }
}

TEST(TokenBucket, FractionsAreNeverLost) {
  // Asked every 7 ms, 3 ms and so on, rates that no microsecond divides: over an hour exactly the rate comes out.
  for (int per_minute : {7, 11, 59, 61, 997, 3001}) {
    const RequestRate rate{per_minute};
    TokenBucket bucket{0, kStart};
    std::int64_t taken = 0;
    for (UtcTime now = kStart; now <= kStart + seconds{3600}; now += milliseconds{7}) {
      taken += take_tokens(bucket, rate, now, 1'000);
    }
    taken += take_tokens(bucket, rate, kStart + seconds{3600}, 1'000);
    EXPECT_EQ(taken, 60LL * per_minute) << per_minute;
  }
}

TEST(TokenBucket, SeveralTokensAreTakenAtOnce) {
  const RequestRate rate{60};
  TokenBucket bucket = full_bucket(rate, kStart);
  EXPECT_EQ(take_tokens(bucket, rate, kStart, 15), 15);
  EXPECT_EQ(take_tokens(bucket, rate, kStart, 15), 5);
  EXPECT_EQ(take_tokens(bucket, rate, kStart, 15), 0);
}

TEST(TokenBucket, AClockThatIsALittleBehindAddsNothingTwice) {
  const RequestRate rate{3000};
  TokenBucket bucket{0, kStart};
  int taken = 0;
  // Two processes whose clocks differ by 100 ms take turns.
  for (int i = 0; i <= 1'000; i += 10) {
    taken += take_tokens(bucket, rate, kStart + milliseconds{i}, 1'000);
    taken += take_tokens(bucket, rate, kStart + milliseconds{i - 100}, 1'000);
  }
  EXPECT_EQ(taken, 50);
}

TEST(TokenBucket, AClockThatWasSetBackGoesOnFromThere) {
  const RequestRate rate{60};
  TokenBucket bucket{0, kStart};
  const UtcTime yesterday = kStart - std::chrono::hours{24};
  EXPECT_EQ(take_tokens(bucket, rate, yesterday, 1), 0);
  EXPECT_EQ(take_tokens(bucket, rate, yesterday + seconds{2}, 5), 2);
}

TEST(TokenBucket, YearsOfWaitingFillItOnce) {
  for (int per_minute : {1, 3000, std::numeric_limits<int>::max()}) {
    const RequestRate rate{per_minute};
    TokenBucket bucket{0, kStart};
    EXPECT_EQ(tokens_at(bucket, rate, kStart + std::chrono::years{200}), rate.burst()) << per_minute;
  }
}

TEST(TokenBucket, ALowerRateCutsWhatIsThere) {
  TokenBucket bucket = full_bucket({3000}, kStart);
  EXPECT_EQ(take_tokens(bucket, {6}, kStart, 100), 2);
}

}  // namespace
}  // namespace postroom::accounts
