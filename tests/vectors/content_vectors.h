// How the vectors of templates write values, missing values and HTML.
#pragma once

#include <string>
#include <string_view>

#include "base/text.h"
#include "core/content/personalisation.h"
#include "vectors.h"

namespace postroom::vectors {

// {"repeat": "x", "times": 3} stands for "xxx".
inline json::value expand(const json::value& value) {
  if (!value.is_object()) return value;
  const json::object& object = value.get_object();
  if (object.size() != 2 || !object.contains("repeat") || !object.contains("times")) return value;
  std::string out;
  for (std::int64_t i = 0; i < object.at("times").as_int64(); ++i) out += object.at("repeat").as_string();
  return json::value(out);
}

inline json::object values_object(const json::object& row) {
  json::object object;
  const json::value* values = row.if_contains("values");
  if (values == nullptr || !values->is_object()) return object;
  for (const auto& [key, value] : values->get_object()) object[key] = expand(value);
  return object;
}

inline content::Personalisation values_of(const json::object& row) {
  return content::Personalisation::from_json(values_object(row));
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

// Email HTML without its styles and without the elements around lists and insets that only mail programs need.
inline std::string canonical_email(std::string html) {
  html = replace_between(html, " style=\"", "\"", [](const std::string&) { return std::string(); });
  html = replace_between(html, "<table role=\"presentation\"", "<td>",
                         [](const std::string&) { return std::string(); });
  html = replace_all(html, "</td></tr></table>", "");
  return replace_all(replace_all(html, "<div><blockquote>", "<blockquote>"), "</blockquote></div>",
                     "</blockquote>");
}

}  // namespace postroom::vectors
