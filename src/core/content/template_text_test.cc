#include "core/content/template_text.h"

#include <gtest/gtest.h>

#include "core/content/content_vectors.h"
#include "core/content/email.h"
#include "core/content/letter.h"
#include "core/content/sms.h"

namespace postroom::content {
namespace {

std::vector<std::string> names_of(const std::vector<Placeholder>& placeholders) {
  std::vector<std::string> names;
  for (const Placeholder& placeholder : placeholders) names.push_back(placeholder.name);
  return names;
}

void check_fill(const json::object& row) {
  std::string content = text_of(row, "content");
  Personalisation values = values_of(row);
  FillOptions options;
  if (row.contains("markdown_lists")) options.lists = ListStyle::bullets;
  if (row.contains("redact_missing")) options.missing = MissingStyle::hidden;
  TemplateText plain(content);
  EXPECT_EQ(names_of(plain.placeholders()), strings_of(row.at("placeholders")));
  EXPECT_EQ(plain.fill(values, options), text_of(row, "plain"));
  if (!row.contains("html")) return;
  TemplateText html(content, TemplateText::Markup::html);
  EXPECT_EQ(mark_missing(html.fill(values, options)), text_of(row, "html"));
}

void check_names(const json::object& row, const std::vector<Placeholder>& placeholders,
                 const Personalisation& values) {
  EXPECT_EQ(names_of(placeholders), strings_of(row.at("placeholders")));
  EXPECT_EQ(missing_names(placeholders, values), strings_of(row.at("missing")));
  EXPECT_EQ(unused_names(placeholders, values), strings_of(row.at("additional")));
}

// What is missing stands as typed in our API bodies.
std::string typed(const std::string& expected) {
  return replace_between(expected, "⟦missing:", "⟧", [](const std::string& name) { return "((" + name + "))"; });
}

void check_template(const json::object& row) {
  std::string category = text_of(row, "category");
  const json::object& source = row.at("template").as_object();
  Personalisation values = values_of(row);
  if (category == "template_sms") {
    SmsTemplate sms(text_of(source, "content"));
    check_names(row, sms.placeholders(), values);
    SmsText text = sms.render(values);
    EXPECT_EQ(text.text, text_of(row, "filled_content"));
    EXPECT_EQ(text.is_empty(), row.at("is_empty").as_bool());
  } else if (category == "template_email") {
    EmailTemplate email(text_of(source, "subject"), text_of(source, "content"));
    check_names(row, email.placeholders(), values);
    EXPECT_EQ(email.api_body(values), typed(text_of(row, "filled_content")));
    EXPECT_EQ(email.is_empty(values), row.at("is_empty").as_bool());
    EXPECT_EQ(email.render_subject(values), typed(text_of(row, "subject")));
  } else {
    LetterTemplate english(text_of(source, "subject"), text_of(source, "content"), text_of(row, "contact_block"));
    LetterTemplate welsh(text_of(source, "letter_welsh_subject"), text_of(source, "letter_welsh_content"));
    std::vector<Placeholder> placeholders = english.contact_placeholders();
    merge_placeholders(placeholders, welsh.text_placeholders());
    merge_placeholders(placeholders, english.text_placeholders());
    check_names(row, placeholders, values);
    EXPECT_EQ(english.api_body(values), typed(text_of(row, "filled_content")));
    EXPECT_EQ(english.is_empty(values), row.at("is_empty").as_bool());
    EXPECT_EQ(mark_missing(english.api_subject(values)), text_of(row, "subject"));
  }
}

TEST(TemplateText, VectorsOfPlaceholders) {
  RowCount count("placeholders");
  for (const auto& item : load_vectors("placeholders")) {
    const json::object& row = item.as_object();
    SCOPED_TRACE(json::serialize(row));
    count.add();
    std::string category = text_of(row, "category");
    if (category == "key_normalisation") {
      if (!row.at("key").is_string()) continue;  // a name is always text here
      EXPECT_EQ(personalisation_key(text_of(row, "key")), text_of(row, "normalised"));
    } else if (category.starts_with("template_")) {
      check_template(row);
    } else {
      check_fill(row);
    }
  }
  EXPECT_EQ(count.rows(), 253);
}

TEST(TemplateText, ReadsRunsOfBracketsWithoutGoingBack) {
  std::string open(50'000, '(');
  EXPECT_EQ(TemplateText(open + "a))").occurrences(), 1u);
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += "((a";
  EXPECT_EQ(TemplateText(many).occurrences(), 0u);
  EXPECT_EQ(TemplateText(many).fill({}), many);
  EXPECT_EQ(TemplateText("((" + std::string(50'000, 'x')).occurrences(), 0u);
}

TEST(TemplateText, KeepsEveryOccurrenceAndListsEachOnce) {
  TemplateText text("((a)) ((A)) ((b??x))");
  EXPECT_EQ(text.occurrences(), 3u);
  ASSERT_EQ(text.placeholders().size(), 2u);
  EXPECT_FALSE(text.placeholders()[0].conditional);
  EXPECT_TRUE(text.placeholders()[1].conditional);
}

TEST(Personalisation, LaterKeyWinsAlsoWithMany) {
  json::object object;
  for (int i = 0; i < 40; ++i) object["name " + std::to_string(i)] = i;
  object["NAME_7"] = "again";
  object["Name-8"] = nullptr;
  Personalisation values = Personalisation::from_json(object);
  EXPECT_EQ(values.entries().size(), 40u);
  ASSERT_NE(values.find("name7"), nullptr);
  EXPECT_EQ(values.find("name7")->text, "again");
  EXPECT_TRUE(values.find("name8")->is_missing());
  EXPECT_EQ(values.find("name40"), nullptr);
}

TEST(Personalisation, PrintsObjectsAsPythonDoes) {
  json::value value = json::parse(R"({"k":"v'","n":[true,null,1.0],"o":{}})");
  EXPECT_EQ(python_text(value), R"({'k': "v'", 'n': [True, None, 1.0], 'o': {}})");
}

}  // namespace
}  // namespace postroom::content
