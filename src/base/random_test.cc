// Varied: bounds and seeds. Numbers must stay under their bound and come about equally often; the same seed
// replays.
#include "base/random.h"

#include <gtest/gtest.h>

#include <thread>

namespace postroom {
namespace {

TEST(Below, StaysUnderTheBound) {
  SeededRandom random(1);
  for (std::uint32_t bound : {1u, 2u, 3u, 36u, 1u << 31, (1u << 31) + 1, 0xFFFFFFFFu}) {
    for (int i = 0; i < 200; ++i) EXPECT_LT(random.below(bound), bound);
  }
  EXPECT_EQ(random.below(1), 0u);
}

TEST(Below, IsUniform) {
  // With 36 values and 36'000 draws each count is 1000 with a deviation of 31; six of them is 190.
  SeededRandom random(2);
  std::vector<int> counts(36);
  for (int i = 0; i < 36'000; ++i) ++counts[random.below(36)];
  for (int count : counts) EXPECT_NEAR(count, 1000, 190);
}

// Gives the words it was told to, to show which are thrown away.
class ScriptedRandom final : public Random {
 public:
  std::vector<std::uint32_t> words;
  std::size_t next = 0;
  void fill(char* out, std::size_t size) override {
    ASSERT_EQ(size, sizeof(std::uint32_t));
    std::memcpy(out, &words.at(next++), size);
  }
};

TEST(Below, ThrowsBiasedWordsAway) {
  // 2^32 mod 10 is 6: the words 0 to 5 would make 0 to 5 likelier.
  ScriptedRandom random;
  random.words = {0, 5, 6};
  EXPECT_EQ(random.below(10), 6u);
  EXPECT_EQ(random.next, 3u);
}

TEST(SeededRandom, Replays) {
  EXPECT_EQ(SeededRandom(9).bytes(64), SeededRandom(9).bytes(64));
  EXPECT_NE(SeededRandom(9).bytes(64), SeededRandom(10).bytes(64));
  SeededRandom random(9);
  EXPECT_NE(random.bytes(64), random.bytes(64));
}

TEST(SystemRandom, FillsEveryByteFromSeveralThreads) {
  SystemRandom random;
  EXPECT_EQ(random.bytes(0), "");
  std::vector<Bytes> taken(4);
  std::vector<std::thread> threads;
  for (auto& slot : taken) threads.emplace_back([&random, &slot] { slot = random.bytes(1024); });
  for (auto& thread : threads) thread.join();
  for (const Bytes& bytes : taken) {
    EXPECT_EQ(std::count(taken.begin(), taken.end(), bytes), 1);
    EXPECT_NE(bytes.substr(1024 - 16), Bytes(16, '\0'));
  }
}

}  // namespace
}  // namespace postroom
