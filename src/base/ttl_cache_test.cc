// Varies age, clock and number of entries of a cache; stale entries must not be found and its size stays bounded.
#include "base/ttl_cache.h"

#include <gtest/gtest.h>

namespace postroom {
namespace {

using namespace std::chrono_literals;

TEST(TtlCache, EntriesLiveForTheirTime) {
  TtlCache<int, std::string> cache(2s, 100);
  UtcTime start = from_micros(1'000'000'000);
  EXPECT_EQ(cache.find(1, start), nullptr);
  cache.put(1, std::make_shared<const std::string>("one"), start);
  ASSERT_NE(cache.find(1, start + 2s - 1us), nullptr);
  EXPECT_EQ(*cache.find(1, start + 2s - 1us), "one");
  EXPECT_EQ(cache.find(1, start + 2s), nullptr);
  EXPECT_EQ(cache.find(1, start - 1us), nullptr) << "a clock set back must not keep entries alive";
}

TEST(TtlCache, SizeIsBounded) {
  TtlCache<int, int> cache(2s, 64);
  UtcTime now = from_micros(0);
  for (int i = 0; i < 10'000; ++i) cache.put(i, std::make_shared<const int>(i), now);
  int found = 0;
  for (int i = 0; i < 10'000; ++i) found += cache.find(i, now) != nullptr ? 1 : 0;
  EXPECT_GT(found, 0);
  EXPECT_LE(found, 64 + 16);
}

}  // namespace
}  // namespace postroom
