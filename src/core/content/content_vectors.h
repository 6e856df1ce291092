// Reads the vectors of tests/data for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "core/content/personalisation.h"

namespace postroom::content {

inline json::array load_vectors(const std::string& name) {
  std::ifstream file(std::string(POSTROOM_SOURCE_DIR "/tests/data/") + name + ".json");
  std::stringstream text;
  text << file.rdbuf();
  auto document = parse_json(text.str());
  EXPECT_TRUE(document.has_value()) << name;
  return document ? document->at("vectors").as_array() : json::array{};
}

inline std::string text_of(const json::object& row, std::string_view key) {
  auto member = row.find(key);
  return member == row.end() || !member->value().is_string() ? std::string()
                                                             : std::string(member->value().get_string());
}

// {"repeat": "x", "times": 3} stands for "xxx".
inline json::value expand(const json::value& value) {
  if (!value.is_object()) return value;
  const json::object& object = value.get_object();
  if (object.size() != 2 || !object.contains("repeat") || !object.contains("times")) return value;
  std::string out;
  for (std::int64_t i = 0; i < object.at("times").as_int64(); ++i) out += object.at("repeat").as_string();
  return json::value(out);
}

inline Personalisation values_of(const json::object& row) {
  Personalisation values;
  auto member = row.find("values");
  if (member == row.end() || !member->value().is_object()) return values;
  json::object object;
  for (const auto& [key, value] : member->value().get_object()) object[key] = expand(value);
  return Personalisation::from_json(object);
}

inline bool has_values(const json::object& row) {
  auto member = row.find("values");
  return member != row.end() && member->value().is_object();
}

inline std::vector<std::string> strings_of(const json::value& value) {
  std::vector<std::string> out;
  for (const auto& item : value.as_array()) out.emplace_back(item.as_string());
  return out;
}

// Replaces every `begin`…`end` by `make(what stands between)`.
template <typename Make>
std::string replace_between(std::string text, std::string_view begin, std::string_view end, Make make) {
  for (std::size_t i = text.find(begin); i != std::string::npos; i = text.find(begin, i)) {
    std::size_t close = text.find(end, i + begin.size());
    if (close == std::string::npos) break;
    std::string made = make(text.substr(i + begin.size(), close - i - begin.size()));
    text.replace(i, close + end.size() - i, made);
    i += made.size();
  }
  return text;
}

// The vectors' signs for highlighted placeholders.
inline std::string mark_missing(std::string html) {
  html = replace_between(html, "<span class=\"placeholder\">&#40;&#40;", "&#41;&#41;</span>",
                         [](const std::string& name) { return "⟦missing:" + name + "⟧"; });
  html = replace_between(html, "<span class=\"placeholder-conditional\">&#40;&#40;", "&#41;&#41;",
                         [](const std::string& inner) {
                           std::string mark_end = std::string(2, '?') + "</span>";  // no trigraph
                           return "⟦missing-if:" + replace_all(inner, mark_end, "|") + "⟧";
                         });
  return replace_all(html, "<span class=\"placeholder\">hidden</span>", "⟦hidden⟧");
}

// Rows by category, reported at the end so that a file that was not read is noticed.
class RowCount {
 public:
  explicit RowCount(std::string name) : name_(std::move(name)) {}
  ~RowCount() { std::printf("[ vectors  ] %s: %d rows checked\n", name_.c_str(), rows_); }
  RowCount(const RowCount&) = delete;
  RowCount& operator=(const RowCount&) = delete;
  void add() { ++rows_; }
  int rows() const { return rows_; }

 private:
  std::string name_;
  int rows_ = 0;
};

}  // namespace postroom::content
