// Varied: clients, times and threads. No client may get more guesses within the window than the limit says.
#include "flows/documents/guess_limit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
constexpr UtcTime kStart = UtcTime{} + std::chrono::years{50};

TEST(GuessLimit, EachClientHasItsOwnUntilItsHourIsOver) {
  GuessLimit limit(3, 1h);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.take("192.0.2.1", kStart + i * 10min), std::nullopt);
  EXPECT_EQ(limit.take("192.0.2.1", kStart + 30min), kStart + 1h);
  EXPECT_EQ(limit.take("192.0.2.1", kStart + 1h - 1us), kStart + 1h);
  EXPECT_EQ(limit.take("192.0.2.2", kStart + 30min), std::nullopt);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.take("192.0.2.1", kStart + 1h), std::nullopt);
  EXPECT_EQ(limit.take("192.0.2.1", kStart + 1h), kStart + 2h);
}

TEST(GuessLimit, GuessesGivenBackAreNotCounted) {
  GuessLimit limit(2, 1h);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(limit.take("a", kStart), std::nullopt);
    limit.give_back("a");
  }
  limit.give_back("a");
  limit.give_back("never seen");
  EXPECT_EQ(limit.take("a", kStart), std::nullopt);
  EXPECT_EQ(limit.take("a", kStart), std::nullopt);
  EXPECT_EQ(limit.take("a", kStart), kStart + 1h);
}

TEST(GuessLimit, IsExactWhenManyGuessAtOnce) {
  GuessLimit limit(20, 1h);
  std::atomic<int> taken = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 10; ++j) taken += limit.take("a", kStart) ? 0 : 1;
      });
    }
  }
  EXPECT_EQ(taken, 20);
}

TEST(GuessLimit, ForgetsOldClientsFirstAndNeverGrowsBeyondItsLimit) {
  GuessLimit limit(1, 1h);
  for (std::size_t i = 0; i + 1 < GuessLimit::kClientsMax; ++i) limit.take("old " + std::to_string(i), kStart);
  limit.take("recent", kStart + 40min);
  // The table is full: the next one pushes out those whose hour is over, and no others.
  EXPECT_EQ(limit.take("next", kStart + 1h), std::nullopt);
  EXPECT_EQ(limit.take("recent", kStart + 1h), kStart + 40min + 1h);
  EXPECT_EQ(limit.take("old 7", kStart + 1h), std::nullopt);
}

}  // namespace
}  // namespace postroom::flows
