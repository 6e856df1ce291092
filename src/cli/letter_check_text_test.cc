// Method: verdicts of each shape are told to a person and to a program; the whole text is compared.
#include "cli/letter_check_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/letters/pdf_testing.h"

namespace postroom::cli {
namespace {

using letters::testing::a_letter;
using letters::testing::a_page;
using letters::testing::a_page_to;
using letters::testing::add_tag;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

flows::CheckedLetter judged(const pdf::Facts& facts, const letters::PdfRules& rules = {}) {
  flows::CheckedLetter letter;
  letter.verdict = letters::judge(facts, rules);
  if (letter.verdict.passed() && letter.verdict.address)
    letter.postage_zone = letter.verdict.address->postage_zone();
  return letter;
}

TEST(LetterCheckText, a_letter_that_passes) {
  EXPECT_EQ(letter_check_text("a.pdf", judged(a_letter(3))),
            "a.pdf: can be sent\n"
            "3 pages on 2 sheets, 210 × 297 mm\n"
            "Address as read:\n  Ada Lovelace\n  12 Example Street\n  sw1a1aa\n"
            "Address as printed:\n  Ada Lovelace\n  12 Example Street\n  SW1A 1AA\n"
            "Goes to: United Kingdom\n"
            "The tag NOTIFY will be added\n");
}

TEST(LetterCheckText, an_address_abroad_and_a_tag) {
  pdf::Facts facts = a_letter();
  facts.pages[0] = a_page_to({"Ada", "1 Weg", "Deutschland"});
  add_tag(facts.pages[0]);
  EXPECT_THAT(letter_check_text("a.pdf", judged(facts, {.international = true})),
              EndsWith("  Germany\nGoes to: Europe\nThe tag NOTIFY is there\n"));
}

TEST(LetterCheckText, an_attachment_has_no_address) {
  pdf::Facts facts = a_letter();
  facts.pages[0] = a_page();
  EXPECT_EQ(letter_check_text("a.pdf", judged(facts, {.attachment = true})),
            "a.pdf: can be sent\n1 page on 1 sheet, 210 × 297 mm\n");
}

TEST(LetterCheckText, pages_at_fault) {
  pdf::Facts facts = a_letter(3);
  for (pdf::Page& page : facts.pages) {
    page.ink_outside = true;
    page.ink_places = {{1, 1, 2, 2}};
  }
  std::string text = letter_check_text("a.pdf", judged(facts));
  EXPECT_THAT(text,
              StartsWith("a.pdf: cannot be sent: content-outside-printable-area on pages 1, 2 and 3\n  Page 1 "));
  EXPECT_THAT(text, HasSubstr("\nRule: "));
  EXPECT_THAT(text, HasSubstr("\nWhat to do: "));
  EXPECT_THAT(text, Not(HasSubstr("Address")));
}

TEST(LetterCheckText, sizes_differ) {
  pdf::Facts facts = a_letter(2);
  facts.pages[1].width = 207.95;
  std::string text = letter_check_text("a.pdf", judged(facts));
  EXPECT_THAT(text, HasSubstr("not-a4-portrait-oriented on page 2\n"));
  EXPECT_THAT(text, EndsWith("2 pages on 1 sheet: page 1 210 × 297 mm, page 2 207.95 × 297 mm\n"));
}

TEST(LetterCheckText, nothing_can_be_read) {
  flows::CheckedLetter letter;
  letter.verdict = letters::unreadable_pdf();
  std::string text = letter_check_text("a.pdf", letter);
  EXPECT_THAT(text, StartsWith("a.pdf: cannot be sent: unable-to-read-the-file\nRule: "));
  EXPECT_THAT(text, Not(HasSubstr("sheet")));
  EXPECT_TRUE(letter_check_json(letter)["page_count"].is_null());
}

TEST(LetterCheckText, a_window_full_of_words_is_cut) {
  pdf::Facts facts = a_letter();
  facts.pages[0] = a_page();
  for (int i = 0; i < 100; ++i) letters::testing::add_line(facts.pages[0], "word", 25, 40, i, 0);
  EXPECT_THAT(letter_check_text("a.pdf", judged(facts)), HasSubstr("  word\n  and 80 more\n"));
}

TEST(LetterCheckText, json) {
  json::object good = letter_check_json(judged(a_letter()));
  EXPECT_EQ(write_json(good["address"]), R"(["Ada Lovelace","12 Example Street","SW1A 1AA"])");
  EXPECT_EQ(good["zone"], "united-kingdom");
  EXPECT_TRUE(good["message"].is_null() && good["invalid_pages"].is_null() && good["rule"].is_null());
  EXPECT_EQ(write_json(good["pages_mm"]), R"([{"width":210.0,"height":297.0}])");

  pdf::Facts facts = a_letter(2);
  facts.pages[1].ink_outside = true;
  json::object bad = letter_check_json(judged(facts));
  EXPECT_EQ(bad["message"], "content-outside-printable-area");
  EXPECT_EQ(write_json(bad["invalid_pages"]), "[2]");
  EXPECT_EQ(bad["page_count"], 2);
  EXPECT_FALSE(bad["passed"].as_bool());
  EXPECT_TRUE(bad["address"].is_null());
  EXPECT_FALSE(bad["rule"].as_string().empty());
}

}  // namespace
}  // namespace postroom::cli
