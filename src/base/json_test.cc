// Varied: documents, depths, numbers and strings. Reading keeps order and limits; writing must look as Python's and
// read back as the same value.
#include "base/json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace postroom {
namespace {

TEST(ParseJson, TakesOneWellFormedDocument) {
  const std::pair<std::string, bool> cases[] = {{"{}", true},
                                                {"\xEF\xBB\xBF{}", true},
                                                {" [1] ", true},
                                                {"null", true},
                                                {"\"\\ud83d\\ude00\"", true},
                                                {"", false},
                                                {"{", false},
                                                {"{} {}", false},
                                                {"{,}", false},
                                                {"[1,]", false},
                                                {"{'a':1}", false},
                                                {"NaN", false},
                                                {"\"\x80\"", false},
                                                {"\"a\nb\"", false},
                                                {"\"\\ud83d\"", false},
                                                {"01", false}};
  for (const auto& [text, good] : cases) {
    auto value = parse_json(text);
    EXPECT_EQ(value.has_value(), good) << text;
    if (!value) {
      EXPECT_EQ(value.error().kind, ErrorKind::invalid_input);
    }
  }
}

TEST(ParseJson, ReadsTheNearestDouble) {
  // What people write comes back as they wrote it, where it has no more digits than a double.
  for (const char* text : {"0.1", "1.0", "123456789012345.67", "9007199254740993.5", "0.30000000000000004",
                           "1.7976931348623157e+308", "5e-324", "2.2250738585072014e-308", "8.41470984807896505e-1",
                           "179769313486231.59", "0.000123456789012345678", "-72057594037927945.0"}) {
    auto value = parse_json(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(value->as_double(), std::strtod(text, nullptr)) << text;
  }
  std::uint64_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    double number = std::bit_cast<double>(state);
    if (!std::isfinite(number)) continue;
    std::string text = write_double(number);
    auto value = parse_json("[" + text + "]");
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(write_json(*value), "[" + text + "]");
  }
}

TEST(ParseJson, LimitsDepth) {
  auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(kJsonDepthMax - 1)));
  EXPECT_TRUE(parse_json(nested(kJsonDepthMax)));
  EXPECT_FALSE(parse_json(nested(kJsonDepthMax + 1)));
}

TEST(ParseJson, KeepsOrderAndTheLastOfDuplicates) {
  auto value = parse_json(R"({"z":1,"a":2,"z":3})");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->get_object().at("z").get_int64(), 3);
  EXPECT_EQ(value->get_object().size(), 2u);
  EXPECT_EQ(write_json(*parse_json(R"({"z":1,"m":[true,null],"a":{}})")), R"({"z":1,"m":[true,null],"a":{}})");
}

TEST(WriteDouble, WritesAsPythonDoes) {
  // The right-hand sides are what Python's repr() gives.
  const std::pair<double, const char*> cases[] = {{0.0, "0.0"},
                                                  {-0.0, "-0.0"},
                                                  {1.0, "1.0"},
                                                  {12.5, "12.5"},
                                                  {-1.5, "-1.5"},
                                                  {0.1, "0.1"},
                                                  {1.0 / 3, "0.3333333333333333"},
                                                  {100000.0, "100000.0"},
                                                  {0.001, "0.001"},
                                                  {0.0001, "0.0001"},
                                                  {0.00001, "1e-05"},
                                                  {123456789012345.6, "123456789012345.6"},
                                                  {9007199254740993.0, "9007199254740992.0"},
                                                  {9999999999999998.0, "9999999999999998.0"},
                                                  {1e16, "1e+16"},
                                                  {1e20, "1e+20"},
                                                  {1.5e300, "1.5e+300"},
                                                  {5e-324, "5e-324"},
                                                  {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
                                                  {std::numeric_limits<double>::infinity(), "null"},
                                                  {std::nan(""), "null"}};
  for (auto [value, text] : cases) EXPECT_EQ(write_double(value), text);
}

TEST(WriteJson, WritesWholeNumbersPlainly) {
  EXPECT_EQ(write_json(json::array{INT64_MIN, INT64_MAX, UINT64_MAX, 0, 2.0}),
            "[-9223372036854775808,9223372036854775807,18446744073709551615,0,2.0]");
}

TEST(AppendJsonString, EscapesAndReplaces) {
  const std::pair<std::string, const char*> cases[] = {{"", R"("")"},
                                                       {"plain", R"("plain")"},
                                                       {"\"\\", R"("\"\\")"},
                                                       {"a\nb\rc\td", R"("a\nb\rc\td")"},
                                                       {std::string("\0\x1F\x7F", 3), R"("\u0000\u001f\u007f")"},
                                                       {"é€😀", "\"é€😀\""},
                                                       {"x\xFFy", "\"x\xEF\xBF\xBDy\""},
                                                       {"/", "\"/\""}};
  for (const auto& [text, quoted] : cases) {
    std::string out;
    append_json_string(out, text);
    EXPECT_EQ(out, quoted);
    EXPECT_TRUE(parse_json(out)) << out;
  }
}

TEST(AppendJsonString, EveryByteReadsBack) {
  for (int c = 0; c < 128; ++c) {
    std::string text = "a" + std::string(1, static_cast<char>(c)) + "b";
    std::string out;
    append_json_string(out, text);
    auto back = parse_json(out);
    ASSERT_TRUE(back) << c;
    EXPECT_EQ(std::string_view(back->get_string()), text) << c;
  }
}

TEST(Members, AreNothingWhenAbsentNullOrOfAnotherType) {
  json::object o = parse_json(R"({"s":"x","i":7,"b":true,"n":null,"d":1.5,"l":["a",1,"b"]})")->get_object();
  EXPECT_EQ(get_string(o, "s"), "x");
  EXPECT_EQ(get_int(o, "i"), 7);
  EXPECT_EQ(get_bool(o, "b"), true);
  EXPECT_EQ(get_strings(o, "l"), (std::vector<std::string>{"a", "b"}));
  for (const char* key : {"i", "b", "n", "d", "l", "absent"}) EXPECT_FALSE(get_string(o, key)) << key;
  for (const char* key : {"s", "b", "n", "d", "l", "absent"}) EXPECT_FALSE(get_int(o, key)) << key;
  for (const char* key : {"s", "i", "n", "d", "l", "absent"}) EXPECT_FALSE(get_bool(o, key)) << key;
  for (const char* key : {"s", "i", "b", "n", "d", "absent"}) EXPECT_TRUE(get_strings(o, key).empty()) << key;
}

}  // namespace
}  // namespace postroom
