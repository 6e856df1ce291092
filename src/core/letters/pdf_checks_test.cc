// Method: facts as a scanner would report them are judged. Faults are combined to see which is found first; sizes
// and places are varied just within, at and just beyond each limit.
#include "core/letters/pdf_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "core/letters/letter_zones.h"
#include "core/letters/pdf_faults.h"
#include "core/letters/pdf_testing.h"

namespace postroom::letters {
namespace {

using recipients::PostageZone;
using testing::a_letter;
using testing::a_page;
using testing::a_page_to;
using testing::add_line;
using testing::add_tag;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr PdfRules kHome{};
constexpr PdfRules kAbroad{.international = true};
constexpr PdfRules kAttachment{.attachment = true};

TEST(PdfChecks, SA1_a_letter_without_faults_passes) {
  PdfVerdict verdict = judge(a_letter(10), kHome);
  EXPECT_TRUE(verdict.passed()) << verdict.code;
  EXPECT_EQ(verdict.page_count, 10);
  EXPECT_THAT(verdict.invalid_pages, IsEmpty());
  EXPECT_THAT(verdict.details, IsEmpty());
  ASSERT_TRUE(verdict.address);
  EXPECT_EQ(verdict.address->joined("|"), "Ada Lovelace|12 Example Street|SW1A 1AA");
}

// Each step breaks one rule more than the one before, from the last rule to the first.
TEST(PdfChecks, SA1_the_first_broken_rule_is_the_verdict) {
  pdf::Facts facts = a_letter(3);
  facts.pages[0] = a_page();
  PdfVerdict verdict = judge(facts, kHome);
  EXPECT_EQ(verdict.code, "address-is-empty");
  EXPECT_THAT(verdict.invalid_pages, ElementsAre(1));

  add_tag(facts.pages[1]);
  add_tag(facts.pages[2]);
  verdict = judge(facts, kHome);
  EXPECT_EQ(verdict.code, "notify-tag-found-in-content");
  EXPECT_THAT(verdict.invalid_pages, ElementsAre(2, 3));
  EXPECT_FALSE(verdict.address);

  facts.pages[0].ink_outside = facts.pages[2].ink_outside = true;
  verdict = judge(facts, kHome);
  EXPECT_EQ(verdict.code, "content-outside-printable-area");
  EXPECT_THAT(verdict.invalid_pages, ElementsAre(1, 3));

  facts.pages[1].width = 215.9;
  facts.pages[1].height = 279.4;
  verdict = judge(facts, kHome);
  EXPECT_EQ(verdict.code, "letter-not-a4-portrait-oriented");
  EXPECT_THAT(verdict.invalid_pages, ElementsAre(2));
  EXPECT_THAT(verdict.details, ElementsAre(HasSubstr("Page 2 is shown 215.9 mm wide and 279.4 mm high")));

  facts.page_count = 11;
  facts.pages.clear();
  verdict = judge(facts, kHome);
  EXPECT_EQ(verdict.code, "letter-too-long");
  EXPECT_EQ(verdict.page_count, 11);
  EXPECT_THAT(verdict.invalid_pages, IsEmpty());

  facts.page_count = 0;
  verdict = judge(facts, kHome);
  EXPECT_EQ(verdict.code, "unable-to-read-the-file");
  EXPECT_FALSE(verdict.page_count);
}

TEST(PdfChecks, SA1_pages_that_could_not_be_looked_at_make_the_file_unreadable) {
  pdf::Facts facts = a_letter(2);
  facts.pages.pop_back();
  PdfVerdict verdict = judge(facts, kHome);
  EXPECT_EQ(verdict.code, "unable-to-read-the-file");
  EXPECT_EQ(verdict.page_count, 2);
}

TEST(PdfChecks, SA3_nearly_A4) {
  struct Case {
    double width, height;
    int rotation;
    bool passes;
  };
  for (const Case& c : std::vector<Case>{{210, 297, 0, true},
                                         {208, 299, 0, true},
                                         {212, 295, 180, true},
                                         {207.9, 297, 0, false},
                                         {212.1, 297, 0, false},
                                         {210, 294.9, 0, false},
                                         {210, 299.1, 0, false},
                                         {215.9, 279.4, 0, false},
                                         {297, 210, 0, false},
                                         {297, 210, 90, true},
                                         {297, 210, 270, true},
                                         {210, 297, 90, false},
                                         {210, 297, 180, true},
                                         {214, 301, 0, false},
                                         {212, 299, 0, true}}) {
    pdf::Facts facts = a_letter(1);
    facts.pages[0].width = c.width;
    facts.pages[0].height = c.height;
    facts.pages[0].rotation = c.rotation;
    EXPECT_EQ(judge(facts, kHome).passed(), c.passes) << c.width << " x " << c.height << " at " << c.rotation;
  }
}

TEST(PdfChecks, SA3_sizes_are_told_as_the_page_is_shown) {
  pdf::Facts facts = a_letter(1);
  facts.pages[0].rotation = 90;
  EXPECT_THAT(judge(facts, kHome).details, ElementsAre(HasSubstr("297 mm wide and 210 mm high")));
}

TEST(PdfChecks, SA3_millimetres) {
  EXPECT_EQ(millimetres(210), "210");
  EXPECT_EQ(millimetres(207.949), "207.95");
  EXPECT_EQ(millimetres(215.9), "215.9");
  EXPECT_EQ(millimetres(0), "0");
  EXPECT_EQ(judge(a_letter(2), kHome).sizes, (std::vector<PageSize>{{210, 297}, {210, 297}}));
}

TEST(PdfChecks, SA4_where_ink_may_be) {
  pdf::Look look = look_for(kHome);
  EXPECT_EQ(look.pages_max, 10);
  ASSERT_THAT(look.allowed_first, SizeIs(4));
  ASSERT_THAT(look.allowed_others, SizeIs(1));
  EXPECT_DOUBLE_EQ(look.allowed_others[0].left, 14);
  EXPECT_DOUBLE_EQ(look.allowed_others[0].top, 4);
  EXPECT_DOUBLE_EQ(look.allowed_others[0].right, 196);
  EXPECT_DOUBLE_EQ(look.allowed_others[0].bottom, 293);
  EXPECT_DOUBLE_EQ(look.allowed_first[3].left, 23.6);
  EXPECT_DOUBLE_EQ(look.allowed_first[3].bottom, 67.3);

  EXPECT_EQ(look.words_within->right, 212);
  look = look_for(kAttachment);
  ASSERT_THAT(look.allowed_first, SizeIs(1));
  EXPECT_DOUBLE_EQ(look.allowed_first[0].top, 4);
  EXPECT_FALSE(look.words_within);
}

TEST(PdfChecks, SA4_places_of_ink_are_told) {
  pdf::Facts facts = a_letter(3);
  facts.pages[1].ink_outside = facts.pages[2].ink_outside = true;
  facts.pages[1].ink_places = {{207.9, 155.7, 208.4, 156.1}};
  facts.pages[2].ink_places = {{0, 0, 210, 4}, {0, 4, 14, 293}};
  EXPECT_THAT(
      judge(facts, kHome).details,
      ElementsAre("Page 2 has something 207.9 to 208.4 mm from the left and 155.7 to 156.1 mm from the top.",
                  HasSubstr("Page 3 has something 0.0 to 210.0 mm"), HasSubstr("Page 3 ")));
}

TEST(PdfChecks, SA5_words_are_ordered_by_block_and_line) {
  pdf::Page page = a_page();
  add_line(page, "SW1A 1AA", 25, 50, 1, 0);
  add_line(page, "12 Example Street", 25, 45, 0, 1);
  add_line(page, "Ada Lovelace", 25, 40, 0, 0);
  EXPECT_THAT(address_lines(page), ElementsAre("Ada Lovelace", "12 Example Street", "SW1A 1AA"));
}

TEST(PdfChecks, SA5_ligatures_become_letters) {
  EXPECT_THAT(address_lines(a_page_to({"O\ufb03ce", "\uff2d\uff12", "x"})), ElementsAre("Office", "M2", "x"));
}

// A word that touches the box around the window joins the address; one that only meets its edge does not.
TEST(PdfChecks, SA6_words_beside_the_window) {
  struct Case {
    double left;
    bool joins;
  };
  for (const Case& c : std::vector<Case>{{121, true}, {122, true}, {122.99, true}, {123, false}, {130, false}}) {
    pdf::Facts facts = a_letter(1);
    facts.pages[0].words.push_back({"Ref:", {c.left, 46.5, c.left + 8, 49}, 0, 2});
    PdfVerdict verdict = judge(facts, kHome);
    EXPECT_EQ(verdict.code, c.joins ? "not-a-real-uk-postcode" : "") << c.left;
    if (!c.joins) continue;
    ASSERT_THAT(verdict.details, SizeIs(1));
    EXPECT_THAT(verdict.details[0], HasSubstr("'Ref:'"));
    EXPECT_THAT(verdict.details[0], HasSubstr(" mm from the left"));
  }
}

TEST(PdfChecks, SA6_a_word_that_leaves_the_window_is_named) {
  pdf::Facts facts = a_letter(1);
  facts.pages[0].words.push_back({"Reference", {118, 46.5, 140, 49}, 0, 2});
  EXPECT_THAT(judge(facts, kHome).details, ElementsAre(HasSubstr("'Reference' at 118.0 to 140.0 mm")));
}

TEST(PdfChecks, SA8_SA11_only_the_exact_word_is_the_tag) {
  for (const auto& [text, tagged] : std::vector<std::pair<std::string, bool>>{{"NOTIFY", true},
                                                                              {"notify", false},
                                                                              {"Notify", false},
                                                                              {"xNOTIFY", false},
                                                                              {"NOTIFYx", false},
                                                                              {"", false}}) {
    pdf::Facts facts = a_letter(2);
    add_tag(facts.pages[0], text);
    EXPECT_EQ(judge(facts, kHome).tagged, tagged) << text;
    EXPECT_EQ(judge(facts, kHome).tag_place_taken, !tagged) << text;
    add_tag(facts.pages[1], text);
    EXPECT_EQ(judge(facts, kHome).passed(), !tagged) << text;
  }
  EXPECT_FALSE(judge(a_letter(), kHome).tag_place_taken);
  pdf::Page page = a_page();
  add_line(page, "NOTIFY 2", 1, 1, 0, 0);
  EXPECT_FALSE(is_tagged(page));
  page = a_page();
  add_tag(page);
  add_tag(page);
  EXPECT_FALSE(is_tagged(page));
}

TEST(PdfChecks, SA11_the_box_of_the_tag) {
  struct Case {
    double left, top;
    bool tagged;
  };
  for (const Case& c : std::vector<Case>{
           {1.8, 1.8, true}, {15.19, 1.8, true}, {15.191, 1.8, false}, {1.8, 6.148, true}, {1.8, 6.149, false}}) {
    pdf::Page page = a_page();
    page.words.push_back({"NOTIFY", {c.left, c.top, c.left + 9, c.top + 2}, 0, 0});
    EXPECT_EQ(is_tagged(page), c.tagged) << c.left << ", " << c.top;
  }
}

TEST(PdfChecks, SA10_an_attachment_has_the_tag_on_no_page) {
  pdf::Facts facts = a_letter(2);
  facts.pages[0] = a_page();
  EXPECT_TRUE(judge(facts, kAttachment).passed());
  EXPECT_FALSE(judge(facts, kAttachment).address);
  add_tag(facts.pages[0]);
  PdfVerdict verdict = judge(facts, kAttachment);
  EXPECT_EQ(verdict.code, "notify-tag-found-in-content");
  EXPECT_THAT(verdict.invalid_pages, ElementsAre(1));
}

struct AddressCase {
  std::vector<std::string> lines;
  PdfRules rules;
  std::string_view code;
};

TEST(PdfChecks, AD7_AD8_addresses) {
  for (const AddressCase& c : std::vector<AddressCase>{
           {{"A", "B", "N1 2AB"}, kHome, ""},
           {{}, kHome, "address-is-empty"},
           {{" ", "\u200b"}, kHome, "address-is-empty"},
           {{"A", "N1 2AB"}, kHome, "not-enough-address-lines"},
           {{"England"}, kHome, "not-enough-address-lines"},
           {{"A", "B", "c", "d", "e", "f", "g", "N1 2AB"}, kHome, "too-many-address-lines"},
           {{"A", "B", "c", "d", "e", "f", "N1 2AB", "England"}, kHome, ""},
           {{"?", "B", "N1 2AB"}, kHome, "invalid-address-line-1-or-2"},
           {{"A", "B", "Germany"}, kAbroad, ""},
           {{"A", "B", "Germany"}, kHome, "cant-send-international-letters"},
           {{"A", "B", "Wakanda"}, kAbroad, "not-a-real-uk-postcode-or-country"},
           {{"A", "B", "Wakanda"}, kHome, "not-a-real-uk-postcode"},
           {{"A", "BFPO 12", "BF1 2CD"}, kHome, ""},
           {{"A", "B", "BFPO 12"}, kHome, ""},
           {{"A", "BFPO 12"}, kHome, "not-enough-address-lines"},
           {{"A", "B", "BFPO"}, kHome, "not-a-real-uk-postcode"},
           {{"A", "BFPO 12", "France"}, kAbroad, "has-country-for-bfpo-address"},
           {{"A", "B", "Jersey"}, kAbroad, "not-enough-address-lines"},
           {{"A", "B", "JE1 1AA"}, kHome, ""},
           {{"(A)", "B", "N1 2AB"}, kHome, "invalid-char-in-address"},
           {{"A", "NFA", "N1 2AB"}, kHome, "no-fixed-abode-address"},
           {{"A", "Nfabulous House", "N1 2AB"}, kHome, ""},
       }) {
    pdf::Facts facts = a_letter(1);
    facts.pages[0] = a_page_to(c.lines);
    PdfVerdict verdict = judge(facts, c.rules);
    EXPECT_EQ(verdict.code, c.code) << ::testing::PrintToString(c.lines);
    if (!verdict.passed()) {
      EXPECT_THAT(verdict.invalid_pages, ElementsAre(1));
    }
  }
}

TEST(PdfChecks, SA14_postage) {
  using notifications::Postage;
  EXPECT_EQ(pdf_postage(Postage::first, PostageZone::united_kingdom), Postage::first);
  EXPECT_EQ(pdf_postage(Postage::economy, PostageZone::united_kingdom), Postage::economy);
  EXPECT_EQ(pdf_postage({}, PostageZone::united_kingdom), Postage::second);
  EXPECT_EQ(pdf_postage(Postage::first, PostageZone::europe), Postage::europe);
  EXPECT_EQ(pdf_postage(Postage::economy, PostageZone::rest_of_world), Postage::rest_of_world);
}

TEST(PdfChecks, SA7_a_character_that_no_font_has_is_the_addresses_fault) {
  PdfVerdict verdict = unprintable_address(judge(a_letter(2), kHome), "No font has U+1F600.");
  EXPECT_EQ(verdict.code, "invalid-char-in-address");
  EXPECT_EQ(verdict.page_count, 2);
  EXPECT_THAT(verdict.details, ElementsAre("No font has U+1F600."));
}

TEST(PdfChecks, SA6_words_that_got_lost) {
  pdf::Page before = a_page_to({"Ada", "1 Road", "N1 2AB"});
  add_line(before, "Dear Ada we write", 20, 110, 1, 0);
  add_line(before, "to you to say", 20, 120, 2, 0);
  pdf::Page after = a_page_to({"Bo"});
  add_tag(after);
  add_line(after, "to you to say", 20, 120, 0, 0);
  EXPECT_EQ(words_lost(before, after), 4U);
  add_line(after, "Dear Ada we write", 20, 110, 0, 0);
  EXPECT_EQ(words_lost(before, after), 0U);
  EXPECT_EQ(words_lost(after, before), 0U);
  after.words.pop_back();
  add_line(after, "remainder", 20, 110, 0, 0);
  EXPECT_EQ(words_lost(before, after), 1U);
}

TEST(PdfChecks, SA1_a_page_with_more_words_than_are_listed_is_not_judged) {
  pdf::Facts facts = a_letter(2);
  facts.pages[1].words.resize(pdf::kWordsMax);
  EXPECT_EQ(judge(facts, kHome).code, "unable-to-read-the-file");
  facts.pages[1].words.resize(pdf::kWordsMax - 1);
  EXPECT_TRUE(judge(facts, kHome).passed());
}

// What is said about a page full of words must stay readable.
TEST(PdfChecks, SA6_details_are_limited) {
  pdf::Facts facts = a_letter(1);
  for (int i = 0; i < 1000; ++i) facts.pages[0].words.push_back({"x", {122, 46, 140, 49}, 5, i});
  EXPECT_THAT(judge(facts, kHome).details, SizeIs(10));
}

TEST(PdfFaults, SA1_each_code_is_explained) {
  std::string_view before;
  for (const PdfFault& fault : pdf_faults()) {
    EXPECT_NE(fault.code, before);
    before = fault.code;
    EXPECT_TRUE(fault.rule.ends_with('.')) << fault.code;
    EXPECT_TRUE(fault.remedy.ends_with('.')) << fault.code;
    EXPECT_EQ(&pdf_fault(fault.code), &fault);
  }
  using recipients::AddressError;
  auto address = recipients::PostalAddress::read("A");
  for (AddressError error : {AddressError::too_few_lines, AddressError::too_many_lines,
                             AddressError::first_two_lines_need_alphanumeric, AddressError::bfpo_with_country,
                             AddressError::last_line_not_postcode, AddressError::last_line_not_postcode_or_country,
                             AddressError::invalid_start_character, AddressError::no_fixed_abode})
    EXPECT_FALSE(pdf_fault(recipients::pdf_failure_code(address, error)).code.empty()) << to_string(error);
  EXPECT_EQ(pdf_fault("of-next-year").code, "");
  EXPECT_FALSE(pdf_fault("of-next-year").rule.empty());
}

TEST(PdfFaults, SA6_each_code_of_a_letter_is_in_the_documentation) {
  std::ifstream file(POSTROOM_SOURCE_DIR "/docs/concepts/letter-pdfs.md");
  std::string text(std::istreambuf_iterator<char>(file), {});
  std::size_t at = 0;
  for (const PdfFault& fault : pdf_faults().subspan(1)) {
    std::size_t found = text.find("| `" + std::string(fault.code) + "` |");
    ASSERT_NE(found, std::string::npos) << fault.code;
    EXPECT_GT(found, at) << fault.code << " is out of order";
    at = found;
  }
}

TEST(PdfFaults, SA12_answers) {
  EXPECT_EQ(sanitise_answer(judge(a_letter(2), kHome), "%PDF"),
            R"({"recipient_address":"Ada Lovelace\n12 Example Street\nSW1A 1AA","page_count":2,"message":null,)"
            R"("invalid_pages":null,"file":"JVBERg=="})");
  EXPECT_EQ(sanitise_answer(unreadable_pdf(), ""),
            R"({"recipient_address":null,"page_count":null,"message":"unable-to-read-the-file",)"
            R"("invalid_pages":null,"file":null})");
  pdf::Facts facts = a_letter(3);
  facts.pages[0].ink_outside = facts.pages[2].ink_outside = true;
  EXPECT_EQ(sanitise_answer(judge(facts, kHome), ""),
            R"({"recipient_address":null,"page_count":3,"message":"content-outside-printable-area",)"
            R"("invalid_pages":[1,3],"file":null})");
  facts = a_letter(1);
  facts.pages[0] = a_page();
  EXPECT_EQ(sanitise_answer(judge(facts, kAttachment), "%PDF"),
            R"({"recipient_address":null,"page_count":1,"message":null,"invalid_pages":null,"file":"JVBERg=="})");
}

}  // namespace
}  // namespace postroom::letters
