// Varied: kinds of answers. Lists become tables, single things lines, and both end with a newline.
#include "cli/output.h"

#include <gtest/gtest.h>

namespace postroom::cli {
namespace {

TEST(Describe, WritesTablesAndLines) {
  json::array rows{
      json::object{{"id", "1"}, {"name", "Harbour Office"}, {"active", true}, {"trial", false}, {"x", 1}},
      json::object{{"id", "22"}, {"name", "B"}, {"active", false}, {"trial", nullptr}}};
  EXPECT_EQ(describe("service list", rows),
            "id  name            active  trial  \n"
            "1   Harbour Office  true    false  \n"
            "22  B               false   -      \n");
  EXPECT_EQ(describe("service list", json::array{}), "none\n");
  EXPECT_EQ(describe("other list", json::array{json::object{{"a", 1}, {"b", "x"}}}), "a  b  \n1  x  \n");
  std::string lines = describe("service show", json::object{{"id", "1"}, {"longer_name", "x"}, {"none", nullptr}});
  EXPECT_NE(lines.find("id           1\n"), std::string::npos) << lines;
  EXPECT_NE(lines.find("longer_name  x\n"), std::string::npos) << lines;
  EXPECT_NE(lines.find("none         -\n"), std::string::npos) << lines;
}

}  // namespace
}  // namespace postroom::cli
