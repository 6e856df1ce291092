#include "base/colour.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace postroom {
namespace {

TEST(Colour, IsWrittenWithSixHexadecimalDigits) {
  for (const char* good : {"#000000", "#0b5c6b", "#FFaa09"}) EXPECT_TRUE(is_colour(good)) << good;
  for (const char* bad : {"", "#", "#fff", "0b5c6b0", "#0b5c6g", "#0b5c6b ", "red", "#00000000"})
    EXPECT_FALSE(is_colour(bad)) << bad;
}

TEST(Colour, ContrastIsThatOfWcag) {
  EXPECT_DOUBLE_EQ(contrast_ratio("#ffffff", "#000000"), 21);
  EXPECT_DOUBLE_EQ(contrast_ratio("#123456", "#123456"), 1);
  EXPECT_NEAR(contrast_ratio("#777777", "#ffffff"), 4.48, 0.005);
  EXPECT_EQ(contrast_ratio("#777777", "#ffffff"), contrast_ratio("#ffffff", "#777777"));
}

TEST(Colour, TextIsReadableOnEveryBackground) {
  for (int red = 0; red < 256; red += 15)
    for (int green = 0; green < 256; green += 15)
      for (int blue = 0; blue < 256; blue += 15) {
        std::string background = fmt::format("#{:02x}{:02x}{:02x}", red, green, blue);
        EXPECT_GE(contrast_ratio(background, text_colour_on(background)), 4.5) << background;
      }
  EXPECT_EQ(text_colour_on("#0b5c6b"), "#ffffff");
  EXPECT_EQ(text_colour_on("#ffdd00"), "#000000");
  EXPECT_EQ(text_colour_on("nonsense"), "#ffffff");
}

}  // namespace
}  // namespace postroom
