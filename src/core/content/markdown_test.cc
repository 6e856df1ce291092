#include "core/content/markdown.h"

#include <gtest/gtest.h>

#include "core/content/content_vectors.h"
#include "core/content/email.h"
#include "core/content/html_entities.h"
#include "core/content/letter.h"
#include "core/content/typography.h"

namespace postroom::content {
namespace {

constexpr std::string_view kListOpen = "<table role=\"presentation\"><tr><td>";
constexpr std::string_view kListClose = "</td></tr></table>";

std::string canonical_email(std::string html) {
  html = replace_between(html, " style=\"", "\"", [](const std::string&) { return std::string(); });
  html = replace_all(replace_all(html, kListOpen, ""), kListClose, "");
  return replace_all(replace_all(html, "<div><blockquote>", "<blockquote>"), "</blockquote></div>",
                     "</blockquote>");
}

std::string canonical_letter(std::string html) {
  html = replace_all(html, "<hr class=\"page-break\">", "<page-break>");
  // The vectors show the data as text of the page: after typography, with an element for a line break. The data
  // of our codes stays as typed.
  return replace_between(html, "<img class=\"qr-code\" alt=\"", "\">", [](const std::string& payload) {
    return "<qr>" + replace_all(curly_quotes(decode_entities(payload)), "\n", "<br>") + "</qr>";
  });
}

void check_subject(const json::object& row) {
  Personalisation values = values_of(row);
  EmailTemplate email(text_of(row, "subject"), "");
  EXPECT_EQ(email.render_subject_html(values), text_of(row, "html"));
  EXPECT_EQ(email.render_subject(values), text_of(row, "plain"));
  EXPECT_EQ(LetterTemplate(text_of(row, "subject"), "").api_subject(values), text_of(row, "letter"));
}

// Two rows nest links; ours do not (HTML forbids it).
std::string without_nested_link(const std::string& expected) {
  std::string html = replace_all(expected, "Go <a href=\"http://y\">x</a></a>", "Go x</a>");
  return replace_all(html, "Go x: y: https://e.org", "Go x: https://e.org");
}

void check_body(const json::object& row) {
  Personalisation values = values_of(row);
  EmailTemplate email("", text_of(row, "content"));
  EmailOptions options{.unsubscribe_url = text_of(row, "unsubscribe_link"),
                       .unsubscribe_text = "⟦unsubscribe text⟧"};
  if (row.contains("email_html")) {
    EXPECT_EQ(canonical_email(email.render_html_fragment(values, options)),
              without_nested_link(text_of(row, "email_html")));
  }
  if (row.contains("email_plain")) {
    EXPECT_EQ(email.render_plain(values, options), without_nested_link(text_of(row, "email_plain")));
  }
  if (row.contains("preheader")) {
    EXPECT_EQ(email.render_preheader(values, options), text_of(row, "preheader"));
  }
  if (row.contains("letter")) {
    EXPECT_EQ(canonical_letter(LetterTemplate("", text_of(row, "content")).render_html(values)),
              text_of(row, "letter"));
  }
}

TEST(Markdown, VectorsOfMarkdown) {
  RowCount count("markdown");
  for (const auto& item : load_vectors("markdown")) {
    const json::object& row = item.as_object();
    SCOPED_TRACE(json::serialize(row).substr(0, 700));
    count.add();
    if (text_of(row, "category") == "subject") {
      check_subject(row);
    } else {
      check_body(row);
    }
  }
  EXPECT_EQ(count.rows(), 481);
}

std::string repeat(std::string_view piece, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += piece;
  return out;
}

// Time would be the direct measure, but depends on the machine: these texts take minutes where any step is
// quadratic, so that the test's own limit notices.
TEST(Markdown, HostileTextsEndSoon) {
  const std::vector<std::string> texts = {
      std::string(50'000, ' ') + "x",
      "a" + std::string(50'000, ' ') + "b",
      "((" + std::string(50'000, 'a'),
      std::string(50'000, '*'),
      repeat("* ", 25'000) + "x",
      repeat("^ ", 10'000) + "x",
      repeat("> ", 10'000) + "x",
      std::string(100'000, '['),
      std::string(50'000, '[') + std::string(50'000, ']'),
      repeat("[a](", 25'000),
      repeat("[", 25'000) + "x" + repeat("](u)", 25'000),
      repeat("[a](b \"", 15'000) + ")",
      repeat("![", 50'000),
      repeat("[a\n", 30'000),
      repeat("[^a\n", 30'000),
      repeat("```a b\n", 15'000),
      repeat("```\n", 25'001),
      repeat("~~~~\n", 20'001),
      repeat("<b>", 30'000),
      repeat("<div>\n", 20'000),
      repeat("<!--", 25'000),
      repeat("<a b=\"", 15'000),
      repeat("&", 100'000),
      repeat("\\", 100'000),
      repeat("a\n-\n", 25'000),
      repeat("|a|\n", 25'000),
      repeat("http://", 14'000),
      repeat("\"'", 50'000),
      repeat("* a\n\n", 20'000),
      repeat("1. a\n  2. b\n", 8'000),
      repeat("[x]: y\n", 10'000) + repeat("[", 50'000),
      repeat(" \n", 50'000),
  };
  for (const std::string& text : texts) {
    EmailTemplate email("s", text);
    EXPECT_LT(email.render_html_fragment({}).size(), 200 * text.size() + 1000);
    EXPECT_LT(email.render_plain({}).size(), 20 * text.size() + 1000);
    EXPECT_LT(LetterTemplate("s", text).render_html({}).size(), 40 * text.size() + 1000);
  }
}

TEST(Markdown, NestingStopsAtItsLimit) {
  auto depth = [](const markdown::Document& document, markdown::Block::Kind kind) {
    int levels = 0;
    const std::vector<markdown::Block>* blocks = &document.blocks;
    while (!blocks->empty()) {
      if (blocks->front().kind == kind) ++levels;
      blocks = &blocks->front().children;
    }
    return levels;
  };
  EXPECT_EQ(depth(markdown::parse(repeat("^ ", 10'000) + "x"), markdown::Block::Kind::inset),
            markdown::kNestingMax + 1);
  EXPECT_EQ(depth(markdown::parse(repeat("* ", 10'000) + "x"), markdown::Block::Kind::list),
            markdown::kNestingMax + 1);
}

TEST(Markdown, EscapedTextCannotBecomeElements) {
  EmailTemplate email("s", "((x))");
  Personalisation values;
  values.set("x", PersonalisationValue::of_text(
                      "<script>alert(1)</script> [a](javascript:alert\\(1\\)) [b](x\" onclick=\"y)"));
  std::string html = email.render_html_fragment(values);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("href=\"javascript"), std::string::npos);
  EXPECT_EQ(html.find("\" onclick"), std::string::npos);
}

}  // namespace
}  // namespace postroom::content
