#include "base/json_truth.h"

#include <gtest/gtest.h>

namespace postroom {
namespace {

TEST(SaysNothing, ByTypeAndValue) {
  for (const char* nothing : {"null", "false", "0", "-0", "0.0", "\"\"", "[]", "{}"})
    EXPECT_TRUE(says_nothing(*parse_json(nothing))) << nothing;
  for (const char* something :
       {"true", "1", "-1", "18446744073709551615", "0.5", "\"0\"", "\" \"", "[null]", "{\"a\":null}"})
    EXPECT_FALSE(says_nothing(*parse_json(something))) << something;
}

}  // namespace
}  // namespace postroom
