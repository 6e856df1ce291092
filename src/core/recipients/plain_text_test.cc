// White-space rules: which characters go, where, and that ill-formed UTF-8 does no harm.
#include "core/recipients/plain_text.h"

#include <gtest/gtest.h>

namespace postroom::recipients {
namespace {

TEST(PlainText, strip_obscure_deletes_anywhere_and_trims_ascii) {
  EXPECT_EQ(strip_obscure(" a\u200bb\u00a0c \t"), "abc");
  EXPECT_EQ(strip_obscure("a b"), "a b");
  EXPECT_EQ(strip_obscure("\u2003a\u3000"), "\u2003a\u3000");
  EXPECT_EQ(strip_obscure("\u00a0 \ufeff"), "");
  EXPECT_EQ(strip_obscure("\x1c"
                          "a"),
            "\x1c"
            "a");
  std::string buffer;
  std::string_view text = " plain ";
  EXPECT_EQ(strip_obscure(text, buffer).data(), text.data() + 1);
}

TEST(PlainText, trim_all_takes_more_on_the_right) {
  EXPECT_EQ(trim_all("\ufeff ,a, b,\u00a0,\n", ","), ",a, b");
  EXPECT_EQ(trim_all(" \u200b "), "");
  EXPECT_EQ(trim_unicode_space("\u3000a\u3000b\u2003"), "a\u3000b");
  EXPECT_EQ(trim_unicode_space("\xff a"), "\xff a");
  EXPECT_EQ(trim_unicode_space("a \x80\x80"), "a \x80\x80");
}

TEST(PlainText, normalise_spaces) {
  EXPECT_EQ(normalise_spaces("  a \t b\u00a0\u2003c\u200bd \x1f"), "a b cd");
  EXPECT_EQ(normalise_spaces("\u200b"), "");
}

TEST(PlainText, split_lines_knows_every_line_end) {
  std::vector<std::string_view> expected = {"a", "b", "", "c", "d", "e", "f", "g", "h", "i", "j"};
  EXPECT_EQ(split_lines("a\r\nb\n\rc\vd\fe\x1c"
                        "f\x1dg\x1eh\u0085i\u2028j\u2029"),
            expected);
  EXPECT_TRUE(split_lines("").empty());
}

TEST(PlainText, blanks_before_punctuation_go) {
  EXPECT_EQ(remove_blanks_before_punctuation("a  , b\t. c ! d"), "a, b. c ! d");
}

TEST(PlainText, to_plain_ascii) {
  EXPECT_EQ(to_plain_ascii("Zażółć — “x”…"), "Zazolc - \"x\"...");
  EXPECT_EQ(to_plain_ascii("Ł\u200b\u00a0名\n😀"), "L ???");
  EXPECT_EQ(to_plain_ascii("\xff"), "?");
}

TEST(PlainText, decompose_compatibility) {
  EXPECT_EQ(decompose_compatibility("of\ufb01ce"), "office");
  EXPECT_EQ(decompose_compatibility("\uff21\uff11"), "A1");
  EXPECT_EQ(decompose_compatibility("\u00e9"), "e\u0301");
  EXPECT_EQ(decompose_compatibility("a\xff\u00e9"),
            "a\xff"
            "e\u0301");
  EXPECT_EQ(decompose_compatibility(""), "");
}

TEST(PlainText, column_key) {
  for (const char* name : {"First Name", "first_name", "FIRST-NAME", " f irst_name"})
    EXPECT_EQ(column_key(name), "firstname");
  EXPECT_EQ(column_key("É"), "é");
  EXPECT_EQ(column_key("İ"), "i\u0307");
  EXPECT_EQ(column_key("first\nname"), "first\nname");
  EXPECT_EQ(column_key("_-"), "");
}

}  // namespace
}  // namespace postroom::recipients
