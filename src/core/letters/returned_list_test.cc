#include "core/letters/returned_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postroom::letters {
namespace {

using testing::ElementsAre;

const std::string kOne = "ABCDEFGH12345678";
const std::string kTwo = "0000000000000000";

TEST(ReturnedList, RL1_ReferencesOneALine) {
  struct Row {
    std::string text;
    std::vector<std::string> references;
  };
  const Row rows[] = {
      {"", {}},
      {"\n\r\n  \n", {}},
      {kOne, {kOne}},
      {kOne + "\r\n" + kTwo + "\r\n", {kOne, kTwo}},
      {"\xEF\xBB\xBFReference\n" + kOne, {kOne}},
      {"reference,reason\n\"" + kOne + "\",gone away\n" + kTwo + ",\"moved, again\"", {kOne, kTwo}},
      {kTwo + "\n" + kOne + "\n" + kTwo + "\n", {kTwo, kOne}},
  };
  for (const Row& row : rows) {
    auto parsed = parse_returned_list(row.text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, row.references) << row.text;
  }
}

TEST(ReturnedList, RL1_AnythingElseIsRefusedWithItsLine) {
  for (const std::string& bad :
       {std::string("abcdefgh12345678"), kOne + "9", std::string("ABCDEFGH1234567"), std::string("reference"),
        std::string("ABCDEFGH-2345678"), std::string("\xFF\xFE")}) {
    auto parsed = parse_returned_list(kOne + "\n\n" + bad + "\n");
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().kind, ErrorKind::invalid_input);
    EXPECT_TRUE(parsed.error().message.starts_with("line 3: ")) << parsed.error().message;
  }
}

TEST(ReturnedList, IsBounded) {
  std::string text;
  for (std::size_t i = 0; i < kReturnedReferencesMax; ++i) text += fmt::format("{:016}\n", i);
  EXPECT_EQ(parse_returned_list(text).value().size(), kReturnedReferencesMax);
  EXPECT_FALSE(parse_returned_list(text + "ABCDEFGH12345678"));
}

}  // namespace
}  // namespace postroom::letters
