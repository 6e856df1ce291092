// The form itself is checked against tests/data/utilities.json, in tests/vectors.
#include "base/short_uuid.h"

#include <gtest/gtest.h>

namespace postroom {
namespace {

TEST(ShortUuid, ComesBackAndHasOneSpelling) {
  SeededRandom random(7);
  for (int i = 0; i < 100; ++i) {
    Uuid uuid = Uuid::random(random);
    std::string text = short_uuid(uuid);
    EXPECT_EQ(text.size(), 22u);
    EXPECT_EQ(parse_short_uuid(text), uuid);
    EXPECT_FALSE(parse_short_uuid(text + "=="));
    EXPECT_FALSE(parse_short_uuid(text.substr(1)));
  }
  EXPECT_FALSE(parse_short_uuid("AAAAAAAAAAAAAAAAAAAAAB")) << "the last bits are not zero";
  EXPECT_FALSE(parse_short_uuid(""));
  EXPECT_FALSE(parse_short_uuid("00000000-0000-0000-0000-000000000000"));
}

}  // namespace
}  // namespace postroom
