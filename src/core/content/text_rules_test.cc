#include "core/content/text_rules.h"

#include <gtest/gtest.h>

#include "core/content/content_vectors.h"
#include "core/content/html_entities.h"
#include "core/content/typography.h"

namespace postroom::content {
namespace {

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
  if (given.contains("max_items_shown")) {
    options.items_max = static_cast<std::size_t>(given.at("max_items_shown").as_int64());
  }
  std::vector<std::string> items;
  for (const auto& item : row.at("items").as_array()) items.push_back(python_text(item));
  EXPECT_EQ(phrase(items, options), text_of(row, "text"));
}

void check_map(const json::object& row) {
  Personalisation values = Personalisation::from_json(row.at("input").as_object());
  std::vector<std::string> keys;
  for (const auto& entry : values.entries()) keys.push_back(entry.key);
  EXPECT_EQ(keys, strings_of(row.at("keys")));
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

// Other categories of the file belong to other parts of the program.
TEST(TextRules, VectorsOfUtilities) {
  RowCount count("utilities (text helpers)");
  for (const auto& item : load_vectors("utilities")) {
    const json::object& row = item.as_object();
    SCOPED_TRACE(json::serialize(row));
    std::string category = text_of(row, "category");
    std::string text = text_of(row, "text");
    if (category == "formatted_list") {
      check_phrase(row);
    } else if (category == "strip_and_remove_obscure_whitespace") {
      EXPECT_EQ(strip_obscure(text), text_of(row, "result"));
    } else if (category == "normalise_whitespace") {
      EXPECT_EQ(normalise_space(text), text_of(row, "result"));
    } else if (category == "escape_html") {
      EXPECT_EQ(escape_markup(text), text_of(row, "result"));
    } else if (category == "insensitive_dict") {
      check_map(row);
    } else {
      continue;
    }
    count.add();
  }
  EXPECT_EQ(count.rows(), 34);
}

TEST(TextRules, DashesBetweenWhiteSpace) {
  EXPECT_EQ(en_dashes("a - b -- c --- d ---- e"), "a – b – c – d ---- e");
  EXPECT_EQ(en_dashes("a \n-\n b"), "a – b");
  EXPECT_EQ(en_dashes("a -b- c -"), "a -b- c -");
}

TEST(TextRules, TrimsAndCollapses) {
  EXPECT_EQ(trim_all("\u200B\u00A0 a \u2060\n"), "a");
  EXPECT_EQ(trim_unicode("\u3000 a\u2003"), "a");
  EXPECT_EQ(collapse_blank_lines("a\n\n\n\nb\n\nc"), "a\n\nb\n\nc");
  EXPECT_EQ(tidy_punctuation("a  , b\t. c\n,"), "a, b. c\n,");
  EXPECT_EQ(trailing_space_begin("   "), 0u);
  EXPECT_EQ(trailing_space_begin("a \u00A0"), 1u);
}

TEST(HtmlEntities, DecodesOnlyWithSemicolon) {
  EXPECT_EQ(decode_entities("&amp;&copy;&copy &#65;&#x42;&nope; &notit;"), "&©&copy AB&nope; ¬it;");
  EXPECT_EQ(decode_entities("&#99999999999;"), "\uFFFD");
  EXPECT_EQ(decode_entities("&;&#;&#x;"), "&;&#;&#x;");
}

TEST(Typography, LeavesTagsAndCodeAlone) {
  EXPECT_EQ(nice_typography("<i title=\"a\">it's</i> <code>it's</code>"),
            "<i title=\"a\">it’s</i> <code>it's</code>");
  EXPECT_EQ(nice_typography("'"), "‘");
  EXPECT_EQ(nice_typography("x<b>'</b>"), "x<b>’</b>");
  EXPECT_EQ(nice_typography("o'neil@e.org it's"), "o'neil@e.org it’s");
  EXPECT_EQ(nice_typography("a < b 'c'"), "a < b ‘c’");
}

}  // namespace
}  // namespace postroom::content
