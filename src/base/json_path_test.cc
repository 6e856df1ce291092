// Varied: what stands at the path, and where the path leads nowhere.
#include "base/json_path.h"

#include <gtest/gtest.h>

namespace postroom {
namespace {

TEST(JsonPath, FindsTextsNumbersAndTruthValues) {
  const json::value document =
      parse_json(R"({"a": {"b": [7, {"c": "x"}], "t": true, "n": null}, "": "none"})").value();
  const std::pair<const char*, std::optional<std::string>> cases[] = {
      {"a.b.0", "7"},
      {"a.b.1.c", "x"},
      {"a.t", "true"},
      {"a.n", std::nullopt},
      {"a.b", std::nullopt},
      {"a", std::nullopt},
      {"a.b.2", std::nullopt},
      {"a.b.-1", std::nullopt},
      {"a.b.x", std::nullopt},
      {"a.t.b", std::nullopt},
      {"", "none"},
      {"a..b", std::nullopt},
      {"z", std::nullopt},
  };
  for (const auto& [path, expected] : cases) EXPECT_EQ(json_text_at(document, path), expected) << path;
}

}  // namespace
}  // namespace postroom
