// More is checked against tests/data/sms_content.json, in tests/vectors.
#include "core/content/sms.h"

#include <gtest/gtest.h>

namespace postroom::content {
namespace {

TEST(Sms, FragmentBordersOfBothAlphabets) {
  EXPECT_EQ(sms_fragments(160, 0, false), 1);
  EXPECT_EQ(sms_fragments(161, 0, false), 2);
  EXPECT_EQ(sms_fragments(159, 2, false), 2);
  EXPECT_EQ(sms_fragments(306, 0, false), 2);
  EXPECT_EQ(sms_fragments(307, 0, false), 3);
  EXPECT_EQ(sms_fragments(70, 9, true), 1);
  EXPECT_EQ(sms_fragments(71, 0, true), 2);
  EXPECT_EQ(sms_fragments(134, 0, true), 2);
  EXPECT_EQ(sms_fragments(135, 0, true), 3);
  EXPECT_EQ(sms_fragments(918, 918, false), 12);
}

TEST(Sms, TakesIllFormedTextAndLongBlanks) {
  EXPECT_EQ(sanitise_sms("a\xFF\xC3").text, "a??");
  EXPECT_EQ(sanitise_sms("a" + std::string(50'000, ' ') + "b").text, "a b");
}

}  // namespace
}  // namespace postroom::content
