// Method: a scripted scanner reports what it saw before and after rewriting; a stamper that writes plain text shows
// what would be printed.
#include "flows/letter_check/letter_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "core/letters/letter_zones.h"
#include "core/letters/pdf_testing.h"
#include "ports/testing_pdf.h"

namespace postroom::flows {
namespace {

using letters::testing::a_letter;
using letters::testing::a_page;
using letters::testing::a_page_to;
using letters::testing::add_tag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// What the scanner sees in the sanitised file.
pdf::Facts sanitised_letter(int pages = 1) {
  pdf::Facts facts = a_letter(pages);
  facts.pages[0] = a_page_to({"Ada Lovelace", "12 Example Street", "SW1A 1AA"});
  add_tag(facts.pages[0]);
  return facts;
}

class LetterCheckTest : public ::testing::Test {
 protected:
  LetterCheckTest() {
    set_log_sink([this](std::string_view line) { log_ += line; });
  }
  ~LetterCheckTest() override { set_log_sink(nullptr); }

  Result<CheckedLetter> check(const CheckOptions& options = {}) {
    return flow_.check("%PDF-1.4 original", options);
  }

  ports::testing::ScriptedPdfScanner scanner_;
  ports::testing::PlainLetterStamper stamper_;
  LetterCheck flow_{scanner_, stamper_};
  std::string log_;
};

TEST_F(LetterCheckTest, SA2_a_letter_that_passes_is_sanitised) {
  scanner_.facts = {a_letter(3), sanitised_letter(3)};
  auto letter = check();
  ASSERT_TRUE(letter) << letter.error().message;
  EXPECT_TRUE(letter->verdict.passed());
  EXPECT_THAT(letter->address_lines, ElementsAre("Ada Lovelace", "12 Example Street", "SW1A 1AA"));
  EXPECT_EQ(letter->page_count, 3);
  EXPECT_FALSE(letter->is_international());
  EXPECT_EQ(letter->sanitised, "%PDF-1.7 rewritten");
  ASSERT_THAT(scanner_.rewrites, SizeIs(1));
  const ports::PdfRewrite& changes = scanner_.rewrites[0];
  ASSERT_TRUE(changes.whiten);
  ASSERT_THAT(changes.redact, SizeIs(1));
  EXPECT_EQ(changes.redact[0].left, letters::kAddressExtraction.left);
  EXPECT_EQ(changes.whiten->left, letters::kAddressWindow.left);
  EXPECT_EQ(changes.stamp, "NOTIFY|Ada Lovelace|12 Example Street|SW1A 1AA");
  EXPECT_FALSE(changes.to_cmyk);
  EXPECT_FALSE(changes.embed_fonts);
}

TEST_F(LetterCheckTest, SA8_a_tag_that_is_there_is_not_written_again) {
  pdf::Facts before = a_letter();
  add_tag(before.pages[0]);
  scanner_.facts = {before, sanitised_letter()};
  ASSERT_TRUE(check());
  EXPECT_EQ(scanner_.rewrites.at(0).stamp, "|Ada Lovelace|12 Example Street|SW1A 1AA");
}

TEST_F(LetterCheckTest, SA8_other_text_in_the_place_of_the_tag_goes) {
  pdf::Facts before = a_letter();
  add_tag(before.pages[0], "notify");
  scanner_.facts = {before, sanitised_letter()};
  ASSERT_TRUE(check());
  ASSERT_THAT(scanner_.rewrites.at(0).redact, SizeIs(2));
  EXPECT_EQ(scanner_.rewrites.at(0).redact[1].right, letters::kTagDetection.right);
}

TEST_F(LetterCheckTest, CM5_CM6_colours_and_fonts_are_changed_when_they_must_be) {
  pdf::Facts before = a_letter();
  before.has_rgb = true;
  before.fonts_not_embedded = {"Helvetica"};
  scanner_.facts = {before, sanitised_letter()};
  ASSERT_TRUE(check());
  EXPECT_TRUE(scanner_.rewrites.at(0).to_cmyk);
  EXPECT_TRUE(scanner_.rewrites.at(0).embed_fonts);
  EXPECT_THAT(log_, Not(HasSubstr("sanitised_with")));

  pdf::Facts after = sanitised_letter();
  after.has_rgb = true;
  after.fonts_not_embedded = {"Helvetica"};
  scanner_.facts = {before, after};
  ASSERT_TRUE(check());
  EXPECT_THAT(log_, HasSubstr("letters.sanitised_with_rgb"));
  EXPECT_THAT(log_, HasSubstr("letters.sanitised_without_fonts"));
}

TEST_F(LetterCheckTest, SA2_an_attachment_keeps_its_text) {
  pdf::Facts facts = a_letter(2);
  facts.pages[0] = a_page();
  scanner_.facts = {facts};
  auto letter = check({.attachment = true});
  ASSERT_TRUE(letter);
  EXPECT_TRUE(letter->verdict.passed());
  EXPECT_THAT(letter->address_lines, IsEmpty());
  EXPECT_THAT(scanner_.rewrites.at(0).redact, IsEmpty());
  EXPECT_FALSE(scanner_.rewrites.at(0).whiten);
  EXPECT_EQ(scanner_.rewrites.at(0).stamp, "");
  EXPECT_THAT(stamper_.stamps, IsEmpty());
}

TEST_F(LetterCheckTest, SA1_a_refused_letter_is_not_rewritten) {
  pdf::Facts facts = a_letter(2);
  facts.pages[1].ink_outside = true;
  scanner_.facts = {facts};
  auto letter = check();
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->verdict.code, "content-outside-printable-area");
  EXPECT_EQ(letter->page_count, 2);
  EXPECT_EQ(letter->sanitised, "");
  EXPECT_THAT(scanner_.rewrites, IsEmpty());
}

TEST_F(LetterCheckTest, SA1_what_cannot_be_opened_or_rewritten_is_unreadable) {
  auto letter = check();
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->verdict.code, "unable-to-read-the-file");
  EXPECT_FALSE(letter->verdict.page_count);

  scanner_.facts = {a_letter(2)};
  scanner_.rewritten = fail(ErrorKind::invalid_input, "took too long");
  letter = check();
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->verdict.code, "unable-to-read-the-file");
  EXPECT_EQ(letter->verdict.page_count, 2);
}

TEST_F(LetterCheckTest, SA1_a_scanner_that_is_away_is_no_verdict) {
  scanner_.facts = {fail(ErrorKind::retry_later, "no process")};
  EXPECT_EQ(check().error().kind, ErrorKind::retry_later);
  scanner_.facts = {a_letter()};
  scanner_.rewritten = fail(ErrorKind::retry_later, "no process");
  EXPECT_EQ(check().error().kind, ErrorKind::retry_later);
}

TEST_F(LetterCheckTest, SA7_an_address_that_cannot_be_written_is_refused) {
  scanner_.facts = {a_letter()};
  stamper_.answer = fail(ErrorKind::invalid_input, "No font has U+1F600");
  auto letter = check();
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->verdict.code, "invalid-char-in-address");
  EXPECT_THAT(letter->verdict.details, ElementsAre("No font has U+1F600"));
}

TEST_F(LetterCheckTest, SA14_an_address_abroad) {
  pdf::Facts before = a_letter();
  before.pages[0] = a_page_to({"Ada", "1 Weg", "Deutschland"});
  pdf::Facts after = a_letter();
  after.pages[0] = a_page_to({"Ada", "1 Weg", "Germany"});
  add_tag(after.pages[0]);
  scanner_.facts = {before, after};
  auto letter = check({.international = true});
  ASSERT_TRUE(letter) << letter.error().message;
  EXPECT_TRUE(letter->is_international());
  EXPECT_EQ(letter->postage_zone, recipients::PostageZone::europe);
}

// The last gate before printing: whatever went wrong in rewriting, the file does not leave.
TEST_F(LetterCheckTest, SA6_a_sanitised_file_that_reads_otherwise_is_an_internal_failure) {
  pdf::Facts more_pages = sanitised_letter(2);
  pdf::Facts old_address = sanitised_letter();
  old_address.pages[0].words.push_back({"Street", {30, 60, 40, 63}, 7, 0});
  pdf::Facts before = a_letter();
  before.pages[0].words.push_back({"Dear", {20, 110, 30, 113}, 7, 0});
  pdf::Facts no_tag = a_letter();
  pdf::Facts two_tags = sanitised_letter();
  add_tag(two_tags.pages[0]);
  for (const pdf::Facts& after : {more_pages, old_address, no_tag, two_tags}) {
    scanner_.facts = {a_letter(), after};
    auto letter = check();
    ASSERT_FALSE(letter);
    EXPECT_EQ(letter.error().kind, ErrorKind::internal);
    EXPECT_THAT(letter.error().message, Not(HasSubstr("Ada")));
  }
  scanner_.facts = {before, sanitised_letter()};
  EXPECT_EQ(check().error().kind, ErrorKind::internal);
  scanner_.facts = {a_letter(), fail(ErrorKind::invalid_input, "broken")};
  EXPECT_EQ(check().error().kind, ErrorKind::internal);
}

// A substitute may spell its letters otherwise.
TEST_F(LetterCheckTest, CM6_words_in_replaced_fonts_are_not_compared) {
  pdf::Facts before = a_letter();
  before.pages[0].words.push_back({"Dear", {20, 110, 30, 113}, 7, 0});
  before.fonts_not_embedded = {"Helvetica"};
  scanner_.facts = {before, sanitised_letter()};
  EXPECT_TRUE(check());
}

TEST_F(LetterCheckTest, CM7_large_and_grown_files_are_logged) {
  scanner_.facts = {a_letter(), sanitised_letter()};
  scanner_.rewritten = Bytes(kSanitisedBytesExpectedMax + 1, ' ');
  EXPECT_TRUE(check());
  EXPECT_THAT(log_, HasSubstr("letters.sanitised_large"));
  log_.clear();
  scanner_.facts = {a_letter(), sanitised_letter()};
  scanner_.rewritten = Bytes(100, ' ');
  EXPECT_TRUE(check());
  EXPECT_THAT(log_, HasSubstr("letters.sanitised_grown"));
}

TEST_F(LetterCheckTest, SA2_only_a_verdict) {
  scanner_.facts = {a_letter()};
  auto letter = check({.sanitise = false});
  ASSERT_TRUE(letter);
  EXPECT_TRUE(letter->verdict.passed());
  EXPECT_EQ(letter->sanitised, "");
  EXPECT_THAT(scanner_.rewrites, IsEmpty());
}

// The stamp is laid over the page as it is shown.
TEST_F(LetterCheckTest, SA3_the_stamp_has_the_size_of_the_page) {
  pdf::Facts before = a_letter();
  before.pages[0].width = 298;
  before.pages[0].height = 209;
  before.pages[0].rotation = 90;
  scanner_.facts = {before, sanitised_letter()};
  ASSERT_TRUE(check());
  EXPECT_EQ(stamper_.stamps.at(0).page_width, 209);
  EXPECT_EQ(stamper_.stamps.at(0).page_height, 298);
}

}  // namespace
}  // namespace postroom::flows
