#include "core/content/letter.h"

#include <gtest/gtest.h>

#include "base/time_zone.h"
#include "core/content/content_vectors.h"

namespace postroom::content {
namespace {

TEST(Letter, VectorsOfLetterParts) {
  RowCount count("letter_parts (contact_block and qr_limit)");
  for (const auto& item : load_vectors("letter_parts")) {
    const json::object& row = item.as_object();
    SCOPED_TRACE(json::serialize(row));
    std::string category = text_of(row, "category");
    if (category == "contact_block") {
      count.add();
      LetterTemplate letter("", "", text_of(row, "contact_block"));
      EXPECT_EQ(mark_missing(letter.render_contact_html(values_of(row))), text_of(row, "html"));
    } else if (category == "qr_limit") {
      count.add();
      auto fault = LetterTemplate("", text_of(row, "content")).find_long_qr_code(values_of(row));
      EXPECT_EQ(fault.has_value(), row.at("too_long").as_bool());
      if (fault && row.contains("num_bytes")) {
        EXPECT_EQ(fault->bytes, static_cast<std::size_t>(row.at("num_bytes").as_int64()));
        EXPECT_EQ(fault->bytes_max, static_cast<std::size_t>(row.at("max_bytes").as_int64()));
      }
    }
  }
  EXPECT_EQ(count.rows(), 17);
}

TEST(Letter, VectorsOfDates) {
  RowCount count("letter_parts (date)");
  auto zone = TimeZone::load("Europe/London");
  ASSERT_TRUE(zone.has_value());
  for (const auto& item : load_vectors("letter_parts")) {
    const json::object& row = item.as_object();
    if (text_of(row, "category") != "date") continue;
    SCOPED_TRACE(json::serialize(row));
    count.add();
    auto created = parse_rfc3339(text_of(row, "created_at_utc"));
    ASSERT_TRUE(created.has_value());
    EXPECT_EQ(letter_date(zone->local_date(*created), text_of(row, "language") == "welsh"), text_of(row, "text"));
  }
  EXPECT_EQ(count.rows(), 22);
}

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
