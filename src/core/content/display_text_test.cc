// Single names and sizes are checked against tests/data/utilities.json, in tests/vectors.
#include "core/content/display_text.h"

#include <gtest/gtest.h>

namespace postroom::content {
namespace {

TEST(DisplayText, NamesHaveOneSeparatorForARun) {
  EXPECT_EQ(email_local_part("A . B .. C"), "a.b.c");
  EXPECT_EQ(html_id("A . B"), "a--b");
  EXPECT_EQ(email_local_part(std::string(100'000, '.') + "a" + std::string(100'000, ' ')), "a");
  EXPECT_EQ(email_local_part("\xFF"
                             "a"),
            "a");
}

TEST(DisplayText, SizesAboveTheirTables) { EXPECT_EQ(file_size_text(std::uint64_t{5} << 30), "5120MB"); }

}  // namespace
}  // namespace postroom::content
