// Varied: ASCII and UTF-8 text, well and ill formed. Helpers must agree with their standards and change nothing
// else.
#include "base/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace postroom {
namespace {

TEST(Ascii, ChangesAsciiLettersOnly) {
  EXPECT_EQ(to_lower("AbZ[@É"), "abz[@É");
  EXPECT_EQ(to_upper("aBz{`é"), "ABZ{`é");
  EXPECT_TRUE(equals_ignoring_case("Straße", "sTRAßE"));
  EXPECT_FALSE(equals_ignoring_case("É", "é"));
  EXPECT_FALSE(equals_ignoring_case("ab", "abc"));
  for (int c = 0; c < 256; ++c) {
    char ch = static_cast<char>(c);
    EXPECT_EQ(is_ascii_space(ch), c == 32 || (c >= 9 && c <= 13)) << c;
    EXPECT_EQ(is_ascii_alnum(ch), (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) << c;
  }
}

TEST(Trim, TakesWhiteSpaceOffBothEnds) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""}, {" \t\n\v\f\r", ""}, {" a b ", "a b"}, {"a", "a"}, {"\xC2\xA0x", "\xC2\xA0x"}};
  for (auto [text, trimmed] : cases) EXPECT_EQ(trim(text), trimmed);
}

TEST(SplitAndJoin, AreInverse) {
  using Parts = std::vector<std::string>;
  const std::pair<const char*, Parts> cases[] = {
      {"", {""}}, {",", {"", ""}}, {"a", {"a"}}, {"a,b", {"a", "b"}}, {",a,,b,", {"", "a", "", "b", ""}}};
  for (const auto& [text, parts] : cases) {
    EXPECT_EQ(split(text, ','), parts) << text;
    EXPECT_EQ(join(parts, ","), text);
  }
  EXPECT_EQ(join({}, ","), "");
}

TEST(ReplaceAll, GoesOnBehindWhatItPutIn) {
  EXPECT_EQ(replace_all("aaa", "a", "aa"), "aaaaaa");
  EXPECT_EQ(replace_all("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replace_all("abc", "", "x"), "abc");
  EXPECT_EQ(replace_all("abc", "abc", ""), "");
}

TEST(ParseInt, TakesTheWholeTextOrNothing) {
  const std::pair<const char*, std::optional<int>> cases[] = {{"0", 0},
                                                              {"-7", -7},
                                                              {"007", 7},
                                                              {"2147483647", std::numeric_limits<int>::max()},
                                                              {"2147483648", {}},
                                                              {"-2147483648", std::numeric_limits<int>::min()},
                                                              {"-2147483649", {}},
                                                              {"", {}},
                                                              {"+1", {}},
                                                              {" 1", {}},
                                                              {"1 ", {}},
                                                              {"1.0", {}},
                                                              {"0x1", {}},
                                                              {"-", {}}};
  for (auto [text, value] : cases) EXPECT_EQ(parse_int<int>(text), value) << text;
  EXPECT_FALSE(parse_int<unsigned>("-1"));
}

struct Utf8Case {
  const char* name;
  std::string text;
  bool is_valid;
  std::u32string decoded;
};

class Utf8 : public testing::TestWithParam<Utf8Case> {};

TEST_P(Utf8, DecodesOrReplaces) {
  const Utf8Case& c = GetParam();
  EXPECT_EQ(is_valid_utf8(c.text), c.is_valid);
  EXPECT_EQ(to_utf32(c.text), c.decoded);
  if (c.is_valid) {
    EXPECT_EQ(to_utf8(c.decoded), c.text);
  }
}

constexpr const char32_t* kBad = U"\xFFFD";
std::u32string bad(int count) {
  std::u32string out;
  for (int i = 0; i < count; ++i) out += kBad;
  return out;
}

INSTANTIATE_TEST_SUITE_P(Rfc3629, Utf8,
                         testing::Values(Utf8Case{"empty", "", true, U""},
                                         Utf8Case{"last_of_one", "\x7F", true, U"\x7F"},
                                         Utf8Case{"first_of_two", "\xC2\x80", true, U"\x80"},
                                         Utf8Case{"last_of_two", "\xDF\xBF", true, U"\x7FF"},
                                         Utf8Case{"first_of_three", "\xE0\xA0\x80", true, U"\x800"},
                                         Utf8Case{"before_surrogates", "\xED\x9F\xBF", true, U"\xD7FF"},
                                         Utf8Case{"first_surrogate", "\xED\xA0\x80", false, bad(3)},
                                         Utf8Case{"last_surrogate", "\xED\xBF\xBF", false, bad(3)},
                                         Utf8Case{"after_surrogates", "\xEE\x80\x80", true, U"\xE000"},
                                         Utf8Case{"last_of_three", "\xEF\xBF\xBF", true, U"\xFFFF"},
                                         Utf8Case{"first_of_four", "\xF0\x90\x80\x80", true, U"\x10000"},
                                         Utf8Case{"last", "\xF4\x8F\xBF\xBF", true, U"\x10FFFF"},
                                         Utf8Case{"beyond", "\xF4\x90\x80\x80", false, bad(4)},
                                         Utf8Case{"overlong_two", "\xC1\xBF", false, bad(2)},
                                         Utf8Case{"overlong_three", "\xE0\x9F\xBF", false, bad(3)},
                                         Utf8Case{"overlong_four", "\xF0\x8F\xBF\xBF", false, bad(4)},
                                         Utf8Case{"lone_continuation", "a\x80z", false, U"a\xFFFDz"},
                                         Utf8Case{"cut_short", "\xE2\x82", false, bad(2)},
                                         Utf8Case{"cut_by_letter", "\xE2\x82z", false, bad(2) + U"z"},
                                         Utf8Case{"byte_ff", "\xFF", false, bad(1)}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(EscapeHtml, EscapesFiveCharacters) {
  EXPECT_EQ(escape_html("<a href=\"x\" title='y'>&amp;é</a>"),
            "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;é&lt;/a&gt;");
}

TEST(Percent, EncodesAllButUnreserved) {
  EXPECT_EQ(percent_encode("aZ09-._~ /é\x01"), "aZ09-._~%20%2F%C3%A9%01");
  const std::tuple<const char*, bool, const char*> cases[] = {
      {"a%20b", false, "a b"}, {"a+b", false, "a+b"}, {"a+b", true, "a b"}, {"%2B", true, "+"},
      {"%c3%A9", false, "é"},  {"%", false, "%"},     {"%4", false, "%4"},  {"%41", false, "A"},
      {"%4g", false, "%4g"},   {"%%41", false, "%A"}, {"", false, ""}};
  for (auto [text, plus, decoded] : cases) EXPECT_EQ(percent_decode(text, plus), decoded) << text;
}

TEST(Percent, RoundTripsEveryByte) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percent_decode(percent_encode(all), true), all);
}

}  // namespace
}  // namespace postroom
