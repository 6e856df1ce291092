// Small helpers: ids, names, sizes, lists, white space, links in plain text.
#include <map>

#include "base/short_uuid.h"
#include "content_vectors.h"
#include "core/content/autolink.h"
#include "core/content/display_text.h"
#include "core/content/html_entities.h"
#include "core/content/name_set.h"
#include "core/content/text_rules.h"
#include "core/recipients/plain_text.h"

namespace postroom::vectors {
namespace {

using namespace content;

void check_uuid(const json::object& row) {
  auto uuid = Uuid::parse(text_of(row, "uuid"));
  ASSERT_TRUE(uuid.has_value());
  EXPECT_EQ(short_uuid(*uuid), text_of(row, "encoded"));
  auto decoded = parse_short_uuid(text_of(row, "encoded"));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->text(), text_of(row, "decoded"));
}

void check_phrase(const json::object& row) {
  const json::object& given = row.at("options").as_object();
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : given) {
    if (value.is_string()) texts[key] = std::string(value.as_string());
  }
  PhraseOptions options;
  if (texts.contains("conjunction")) options.conjunction = texts["conjunction"];
  if (texts.contains("before_each")) options.before = texts["before_each"];
  if (texts.contains("after_each")) options.after = texts["after_each"];
  if (texts.contains("prefix")) options.lead_one = texts["prefix"];
  if (texts.contains("prefix_plural")) options.lead_many = texts["prefix_plural"];
  if (texts.contains("word_for_items_not_shown")) options.rest = texts["word_for_items_not_shown"];
  options.items_max = size_of(given, "max_items_shown");
  std::vector<std::string> items;
  for (const auto& item : row.at("items").as_array()) items.push_back(python_text(item));
  EXPECT_EQ(phrase(items, options), text_of(row, "text"));
}

void check_map(const json::object& row) {
  Personalisation values = Personalisation::from_json(row.at("input").as_object());
  std::vector<std::string> keys;
  for (const auto& entry : values.entries()) keys.push_back(entry.key);
  EXPECT_EQ(keys, texts_of(row, "keys"));
  for (const auto& [name, expected] : row.at("lookups").as_object()) {
    const PersonalisationValue* value = values.find(personalisation_key(name));
    if (expected.is_null()) {
      EXPECT_TRUE(value == nullptr || value->is_missing()) << name;
    } else {
      ASSERT_NE(value, nullptr) << name;
      EXPECT_EQ(value->text, python_text(expected));
    }
  }
}

void check_set(const json::object& row) {
  NameSet a(texts_of(row, "a"));
  NameSet b(texts_of(row, "b"));
  EXPECT_EQ(a.names(), texts_of(row, "list_a"));
  EXPECT_EQ(a.united(b).names(), texts_of(row, "union"));
  EXPECT_EQ(a.common(b).names(), texts_of(row, "intersection"));
  EXPECT_EQ(a.without(b).names(), texts_of(row, "difference"));
  const json::array& contains = row.at("contains").as_array();
  std::vector<std::string> names = texts_of(row, "b");
  ASSERT_EQ(contains.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(a.contains(names[i]), contains[i].as_bool()) << names[i];
}

// The rest take one text.
bool check_text(const std::string& category, const json::object& row) {
  std::string text = text_of(row, "text");
  std::string result = text_of(row, "result");
  if (category == "strip_and_remove_obscure_whitespace") {
    EXPECT_EQ(content::strip_obscure(text), result);
    EXPECT_EQ(recipients::strip_obscure(text), result);
  } else if (category == "normalise_whitespace") {
    EXPECT_EQ(normalise_space(text), result);
    EXPECT_EQ(recipients::normalise_spaces(text), result);
  } else if (category == "escape_html") {
    EXPECT_EQ(escape_markup(text), result);
  } else if (category == "ascii_filename") {
    EXPECT_EQ(recipients::to_plain_ascii(text), result);
  } else if (category == "autolink_urls") {
    EXPECT_EQ(autolink(text), result);
    EXPECT_EQ(has_link(text), text != result);
  } else if (category == "safe_string") {
    EXPECT_EQ(email_local_part(text), text_of(row, "email_local_part"));
    EXPECT_EQ(html_id(text), text_of(row, "html_id"));
  } else if (category == "file_size") {
    EXPECT_EQ(file_size_text(size_of(row, "bytes")), text);
  } else {
    return false;
  }
  return true;
}

void check(const json::object& row) {
  std::string category = text_of(row, "category");
  if (category == "base64_uuid") {
    check_uuid(row);
  } else if (category == "formatted_list") {
    check_phrase(row);
  } else if (category == "insensitive_dict") {
    check_map(row);
  } else if (category == "insensitive_set") {
    check_set(row);
  } else if (!check_text(category, row)) {
    POSTROOM_UNKNOWN_CATEGORY(row);
  }
}

const VectorFile kFile("utilities", check);

}  // namespace
}  // namespace postroom::vectors
