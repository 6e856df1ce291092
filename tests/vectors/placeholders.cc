// Placeholder syntax, keys, conditionals, values, lists, escaping, hiding; names that templates list.
#include "content_vectors.h"
#include "core/content/email.h"
#include "core/content/letter.h"
#include "core/content/sms.h"

namespace postroom::vectors {
namespace {

using namespace content;

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
  EXPECT_EQ(names_of(plain.placeholders()), texts_of(row, "placeholders"));
  EXPECT_EQ(plain.fill(values, options), text_of(row, "plain"));
  if (!row.contains("html")) return;
  TemplateText html(content, TemplateText::Markup::html);
  EXPECT_EQ(mark_missing(html.fill(values, options)), text_of(row, "html"));
}

void check_names(const json::object& row, const std::vector<Placeholder>& placeholders,
                 const Personalisation& values) {
  EXPECT_EQ(names_of(placeholders), texts_of(row, "placeholders"));
  EXPECT_EQ(missing_names(placeholders, values), texts_of(row, "missing"));
  EXPECT_EQ(unused_names(placeholders, values), texts_of(row, "additional"));
}

// What is missing stands as typed in our API bodies.
std::string typed(const std::string& expected) {
  return replace_between(expected, "⟦missing:", "⟧", [](const std::string& name) { return "((" + name + "))"; });
}

void check_sms(const json::object& row, const json::object& source) {
  Personalisation values = values_of(row);
  SmsTemplate sms(text_of(source, "content"));
  check_names(row, sms.placeholders(), values);
  SmsText text = sms.render(values);
  EXPECT_EQ(text.text, text_of(row, "filled_content"));
  EXPECT_EQ(text.is_empty(), flag_of(row, "is_empty"));
}

void check_email(const json::object& row, const json::object& source) {
  Personalisation values = values_of(row);
  EmailTemplate email(text_of(source, "subject"), text_of(source, "content"));
  check_names(row, email.placeholders(), values);
  EXPECT_EQ(email.api_body(values), typed(text_of(row, "filled_content")));
  EXPECT_EQ(email.is_empty(values), flag_of(row, "is_empty"));
  EXPECT_EQ(email.render_subject(values), typed(text_of(row, "subject")));
}

void check_letter(const json::object& row, const json::object& source) {
  Personalisation values = values_of(row);
  LetterTemplate english(text_of(source, "subject"), text_of(source, "content"), text_of(row, "contact_block"));
  LetterTemplate welsh(text_of(source, "letter_welsh_subject"), text_of(source, "letter_welsh_content"));
  std::vector<Placeholder> placeholders = english.contact_placeholders();
  merge_placeholders(placeholders, welsh.text_placeholders());
  merge_placeholders(placeholders, english.text_placeholders());
  check_names(row, placeholders, values);
  EXPECT_EQ(english.api_body(values), typed(text_of(row, "filled_content")));
  EXPECT_EQ(english.is_empty(values), flag_of(row, "is_empty"));
  EXPECT_EQ(mark_missing(english.api_subject(values)), text_of(row, "subject"));
}

void check(const json::object& row) {
  std::string category = text_of(row, "category");
  if (category == "key_normalisation") {
    EXPECT_EQ(personalisation_key(text_of(row, "key")), text_of(row, "normalised"));
  } else if (category == "template_sms") {
    check_sms(row, row.at("template").as_object());
  } else if (category == "template_email") {
    check_email(row, row.at("template").as_object());
  } else if (category == "template_letter") {
    check_letter(row, row.at("template").as_object());
  } else {
    ASSERT_TRUE(row.contains("plain")) << "no check for the category " << category;
    check_fill(row);
  }
}

const VectorFile kFile("placeholders", check);

}  // namespace
}  // namespace postroom::vectors
