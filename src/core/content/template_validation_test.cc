// Varied: one fault at a time for each limit of a template, at its border, and several at once. Each fault must
// name its field, its line where it has one, the limit and what to do.
#include "core/content/template_validation.h"

#include <gtest/gtest.h>

#include "core/content/letter.h"
#include "core/content/sms.h"

namespace postroom::content {
namespace {

TemplateDraft draft_of(TemplateChannel channel) {
  return {.channel = channel, .name = "n", .subject = "s", .content = "Dear ((name))"};
}

std::vector<TemplateFault> all_faults(const TemplateDraft& draft) {
  auto faults = check_template(draft);
  auto more = check_template_form(draft);
  faults.insert(faults.end(), more.begin(), more.end());
  return faults;
}

// The only fault of the draft, described.
std::string only_fault(const TemplateDraft& draft) {
  auto faults = all_faults(draft);
  EXPECT_EQ(faults.size(), 1u);
  return faults.empty() ? "" : describe(faults[0]);
}

TEST(TemplateFaults, GoodTemplatesHaveNone) {
  for (auto channel : {TemplateChannel::sms, TemplateChannel::email, TemplateChannel::letter}) {
    EXPECT_TRUE(all_faults(draft_of(channel)).empty());
  }
  TemplateDraft email = draft_of(TemplateChannel::email);
  email.name = std::string(kTemplateNameMax, 'n');
  email.content = std::string(3'000'000, 'x') + "((" + std::string(10'000, 'p') + "))";
  email.files = {{"Form (1.pdf", 1}};
  email.files = {{"form.pdf", kTemplateFileBytesMax}, {std::string(kTemplateFileNameMax - 4, 'a') + ".TXT", 0}};
  EXPECT_TRUE(all_faults(email).empty());
  TemplateDraft letter = draft_of(TemplateChannel::letter);
  letter.languages = "welsh_then_english";
  letter.welsh_subject = letter.welsh_content = "w";
  letter.postage = "economy";
  letter.contact_block = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n\n";
  letter.content = "qr: " + std::string(kQrBytesMax, 'x');
  EXPECT_TRUE(all_faults(letter).empty());
}

TEST(TemplateFaults, LengthsNameLimitAndSurplus) {
  TemplateDraft sms = draft_of(TemplateChannel::sms);
  sms.name = std::string(kTemplateNameMax + 2, 'n');
  EXPECT_EQ(only_fault(sms), "name: name has 257 characters; it may have 255, so shorten it by 2");
  sms.name = "n";
  sms.content = std::string(kSmsCharactersMax + 1, 'a') + "((x??" + std::string(100, 'y') + "))";
  EXPECT_NE(only_fault(sms).find("919 characters; it may have 918, so shorten it by 1"), std::string::npos);
  TemplateDraft letter = draft_of(TemplateChannel::letter);
  letter.contact_block = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12";
  EXPECT_EQ(only_fault(letter), "contact_block, line 11: contact_block has 12 lines; it may have 10, so remove 2");
}

TEST(TemplateFaults, QrCodesOfBothLanguages) {
  TemplateDraft letter = draft_of(TemplateChannel::letter);
  letter.content = "Hello\n\nqr: " + std::string(kQrBytesMax + 1, 'x');
  std::string fault = only_fault(letter);
  EXPECT_TRUE(fault.starts_with("content, line 3: qr-code-too-long")) << fault;
  EXPECT_NE(fault.find("505 bytes; it may have 504"), std::string::npos) << fault;
  letter.welsh_subject = "w";
  std::swap(letter.welsh_content.emplace("x"), letter.content);
  EXPECT_TRUE(only_fault(letter).starts_with("welsh_content, line 3")) << only_fault(letter);
}

TEST(TemplateFaults, BlankTexts) {
  TemplateDraft email = draft_of(TemplateChannel::email);
  email.subject = " \u200B\u00A0\n";
  EXPECT_EQ(only_fault(email), "subject: subject is empty; enter some text");
  email.name = email.content = "\u200B ";
  EXPECT_EQ(all_faults(email).size(), 3u) << "all are told at once";
  TemplateDraft letter = draft_of(TemplateChannel::letter);
  letter.welsh_subject = "w";
  letter.welsh_content = " ";
  EXPECT_TRUE(only_fault(letter).starts_with("welsh_content"));
}

TEST(TemplateFaults, LettersInTwoLanguages) {
  TemplateDraft letter = draft_of(TemplateChannel::letter);
  auto set = [&](std::optional<std::string> languages, std::optional<std::string> subject,
                 std::optional<std::string> content) {
    letter.languages = languages;
    letter.welsh_subject = subject;
    letter.welsh_content = content;
  };
  set("english", std::nullopt, std::nullopt);
  EXPECT_TRUE(all_faults(letter).empty());
  set("english", "w", "w");
  EXPECT_TRUE(only_fault(letter).starts_with("languages: "));
  set("welsh_then_english", "w", std::nullopt);
  EXPECT_TRUE(only_fault(letter).starts_with("languages: "));
  set("welsh", "w", "w");
  EXPECT_EQ(only_fault(letter), "languages: languages is 'welsh', but must be english or welsh_then_english");
  set(std::nullopt, "w", std::nullopt);
  EXPECT_TRUE(only_fault(letter).starts_with("welsh_content: "));
}

TEST(TemplateFaults, Postage) {
  TemplateDraft letter = draft_of(TemplateChannel::letter);
  for (std::string postage : {"europe", "rest-of-world", "third", ""}) {
    letter.postage = postage;
    EXPECT_EQ(only_fault(letter), "postage: postage is '" + postage + "', but must be first, second or economy");
  }
}

TEST(TemplateFaults, CommasInNamesOnly) {
  for (auto channel : {TemplateChannel::sms, TemplateChannel::email, TemplateChannel::letter}) {
    TemplateDraft draft = draft_of(channel);
    draft.content = "((a??b, c))\n((d,e??f))";
    EXPECT_TRUE(only_fault(draft).starts_with("content, line 2: the placeholder ((d,e))")) << only_fault(draft);
  }
  TemplateDraft letter = draft_of(TemplateChannel::letter);
  letter.contact_block = "((a,b))";
  EXPECT_TRUE(only_fault(letter).starts_with("contact_block, line 1"));
}

TEST(TemplateFaults, CharactersThatPhonesLack) {
  TemplateDraft sms = draft_of(TemplateChannel::sms);
  sms.content = "ŵ é ç\n“q” –\n☃ and ∞";
  EXPECT_EQ(
      only_fault(sms),
      "content, line 3: content has characters that phones cannot show in a text message: ☃ and ∞; replace or "
      "remove them");
}

TEST(TemplateFaults, FilesOfEmails) {
  auto fault_of = [](TemplateFileDraft file) {
    TemplateDraft email = draft_of(TemplateChannel::email);
    email.files = {std::move(file)};
    return only_fault(email);
  };
  EXPECT_NE(fault_of({std::string(97, 'a') + ".pdf", 1}).find("101 characters; it may have 100"),
            std::string::npos);
  EXPECT_NE(fault_of({"a(1).pdf", 1}).find("brackets"), std::string::npos);
  EXPECT_NE(
      fault_of({"a.exe", 1}).find("must end in csv, jpeg, jpg, png, xlsx, doc, docx, pdf, json, odt, rtf or txt"),
      std::string::npos);
  EXPECT_NE(fault_of({"pdf", 1}).find("must end in"), std::string::npos);
  EXPECT_NE(fault_of({"a.pdf", kTemplateFileBytesMax + 200'000}).find("has 2.2MB; it may have 2MB"),
            std::string::npos);
  TemplateDraft email = draft_of(TemplateChannel::email);
  email.files = {{"Form_1.pdf", 1}, {"form 1.PDF", 1}};
  EXPECT_EQ(only_fault(email), "files: two files are called 'form 1.PDF'; rename one");
  email.files.pop_back();
  email.subject = "((form1.pdf))";
  EXPECT_TRUE(only_fault(email).starts_with("subject: the subject has the file ((form1.pdf))"));
  email.channel = TemplateChannel::sms;
  EXPECT_EQ(only_fault(email), "files: only emails can have files; remove them");
}

TEST(TemplateFaults, TextThatIsNoUtf8) {
  TemplateDraft sms = draft_of(TemplateChannel::sms);
  sms.content = "a\xFF";
  EXPECT_EQ(describe(check_template(sms).at(0)), "content: content is not UTF-8 text; convert it first");
}

TEST(DisplayNames, HaveNoLinks) {
  EXPECT_FALSE(check_display_name("name", "Dept. of Health"));
  auto fault = check_display_name("name", "Prizes at evil.example now");
  ASSERT_TRUE(fault);
  EXPECT_NE(fault->message.find("'evil.example'"), std::string::npos);
}

}  // namespace
}  // namespace postroom::content
