#include "core/content/email.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "core/content/template_validation.h"

namespace postroom::content {
namespace {

Personalisation values_from(std::string_view text) {
  return Personalisation::from_json(json::parse(text).as_object());
}

TEST(Email, DocumentHoldsSubjectPreheaderAndBody) {
  EmailTemplate email("It's ((x))", "# Hello\n\nDear ((x))");
  std::string html = email.render_html(values_from(R"({"x":"<Ann>"})"), {});
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
  EXPECT_NE(html.find("<title>It’s &lt;Ann&gt;</title>"), std::string::npos);
  EXPECT_NE(html.find(">Hello Dear &lt;Ann&gt;…</span>"), std::string::npos);
  EXPECT_NE(html.find("Dear &lt;Ann&gt;</p>"), std::string::npos);
  std::string inner = email.render_html(values_from(R"({"x":"Ann"})"), {}, {}, false);
  EXPECT_EQ(inner.find("<body"), std::string::npos);
}

TEST(Email, SubjectIsOneLine) {
  EmailTemplate email("Re: ((x))", "");
  EXPECT_EQ(email.render_subject(values_from(R"({"x":"a\r\nBcc: b\u2028c\u000bd"})")), "Re: a Bcc: bc d");
}

TEST(Email, PreheaderIsCutByCharacters) {
  std::string content;
  for (int i = 0; i < 300; ++i) content += "é";
  EXPECT_EQ(EmailTemplate("", content).render_preheader({}).size(), 2 * kPreheaderMax);
}

TEST(Email, HiddenValuesDoNotShow) {
  EmailTemplate email("((x))", "a ((x)) ((y??secret))");
  EmailOptions options{.missing = MissingStyle::hidden};
  std::string html = email.render_html_fragment({}, options);
  EXPECT_NE(html.find(">hidden</span>"), std::string::npos);
  EXPECT_EQ(html.find("secret"), std::string::npos);
  EXPECT_EQ(email.render_subject({}, MissingStyle::hidden), "[hidden]");
}

TEST(TemplateValidation, LimitsOfMessages) {
  EXPECT_TRUE(check_sms_length(918));
  EXPECT_FALSE(check_sms_length(919));
  EXPECT_TRUE(check_email_length(2'000'000));
  EXPECT_FALSE(check_email_length(2'000'001));
  EXPECT_TRUE(message_is_empty("", "x"));
  EXPECT_TRUE(message_is_empty("((a))", " \u2003"));
  EXPECT_FALSE(message_is_empty(" ((a))", ""));
}

std::vector<std::string> fields(const std::vector<TemplateFault>& faults) {
  std::vector<std::string> out;
  for (const TemplateFault& fault : faults) out.push_back(fault.field);
  return out;
}

TEST(TemplateValidation, FaultsOfTemplatesByField) {
  using Fields = std::vector<std::string>;
  TemplateDraft sms{.channel = TemplateChannel::sms, .name = "n", .content = std::string(918, 'a') + "((x))"};
  EXPECT_EQ(fields(check_template(sms)), Fields{});
  sms.content += "b";
  EXPECT_EQ(fields(check_template(sms)), Fields{"content"});
  TemplateDraft email{
      .channel = TemplateChannel::email, .name = std::string(256, 'n'), .subject = " \n", .content = "x"};
  EXPECT_EQ(fields(check_template(email)), (Fields{"name", "subject"}));
  TemplateDraft letter{
      .channel = TemplateChannel::letter, .name = "n", .subject = "s", .content = "qr: " + std::string(505, 'x')};
  EXPECT_EQ(fields(check_template(letter)), Fields{"content"});
  letter.content = "x";
  letter.welsh_subject = "w";
  EXPECT_EQ(fields(check_template(letter)), Fields{"welsh_content"});
}

TEST(TemplateValidation, FormsCheckMore) {
  TemplateDraft sms{.channel = TemplateChannel::sms, .name = "n", .content = "a ((b,c)) ((d??e,f)) 🙂 日 本 語"};
  auto faults = check_template_form(sms);
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_NE(faults[0].message.find("b,c"), std::string::npos);
  EXPECT_NE(faults[1].message.find("🙂, 日 and 2 others"), std::string::npos);
  TemplateDraft letter{.channel = TemplateChannel::letter,
                       .name = "",
                       .subject = "s",
                       .content = "x",
                       .contact_block = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11"};
  EXPECT_EQ(check_template_form(letter).size(), 2u);
}

}  // namespace
}  // namespace postroom::content
