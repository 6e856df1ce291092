// More is checked against tests/data/letter_parts.json and markdown.json, in tests/vectors.
#include "core/content/letter.h"

#include <gtest/gtest.h>

namespace postroom::content {
namespace {

LetterLine line(std::string text) { return {{{std::move(text), false}}}; }

std::vector<LetterBlock> blocks_of(std::string content) {
  return LetterTemplate("", std::move(content)).render({}).blocks;
}

TEST(Letter, BlocksOfEveryKind) {
  std::vector<LetterBlock> blocks = blocks_of(
      "# Head - 1\n\na & \"b\"\nsee https://e.org now\n\n* x\n  1. y\n* z\n\n***\n\nqr: https://e.org/a-b?c=\"d\"");
  ASSERT_EQ(blocks.size(), 5u);
  EXPECT_EQ(std::get<LetterHeading>(blocks[0]).lines, std::vector{line("Head – 1")});
  LetterParagraph paragraph{{line("a & “b”"), {{{"see ", false}, {"e.org", true}, {" now", false}}}}};
  EXPECT_EQ(std::get<LetterParagraph>(blocks[1]), paragraph);
  LetterList inner{.numbered = true, .items = {{.lines = {line("y")}, .nested = {}}}};
  LetterList list{.numbered = false,
                  .items = {{.lines = {line("x")}, .nested = {inner}}, {.lines = {line("z")}, .nested = {}}}};
  EXPECT_EQ(std::get<LetterList>(blocks[2]), list);
  EXPECT_TRUE(std::holds_alternative<LetterPageBreak>(blocks[3]));
  EXPECT_EQ(std::get<LetterQrCode>(blocks[4]).payload, "https://e.org/a-b?c=\"d\"");
}

TEST(Letter, HyphensDoNotBreak) {
  EXPECT_EQ(blocks_of("a-b"), std::vector<LetterBlock>{LetterParagraph{{line("a\u2011b")}}});
}

TEST(Letter, LooseTextAndEmptyLines) {
  EXPECT_EQ(blocks_of("    code"), std::vector<LetterBlock>{LetterParagraph{{line("code")}}});
  EXPECT_EQ(blocks_of("\n\na"), (std::vector<LetterBlock>{LetterParagraph{{LetterLine{}, line("a")}}}));
  std::vector<LetterBlock> loose = blocks_of("* a\n\n b\n* ^ c\n  ^ # d");
  ASSERT_EQ(loose.size(), 1u);
  const auto& items = std::get<LetterList>(loose[0]).items;
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].lines, (std::vector<LetterLine>{line("a"), LetterLine{}, line("b")}));
}

TEST(Letter, ContactLinesAndSubjectArePlainText) {
  LetterTemplate letter("R&D - ((x))", "x", " Office & Co , \n\n ((x))");
  Personalisation values;
  values.set("x", PersonalisationValue::of_text("<b>"));
  LetterDocument document = letter.render(values);
  EXPECT_EQ(document.subject, "R&D – <b>");
  EXPECT_EQ(document.contact_lines, (std::vector<std::string>{"Office & Co,", "", "<b>"}));
  EXPECT_EQ(letter.api_subject(values), "R&amp;D – &lt;b&gt;");
}

}  // namespace
}  // namespace postroom::content
