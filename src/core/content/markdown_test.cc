// More is checked against tests/data/markdown.json, in tests/vectors.
#include "core/content/markdown.h"

#include <gtest/gtest.h>

#include "core/content/email.h"
#include "core/content/letter.h"

namespace postroom::content {
namespace {

std::string repeat(std::string_view piece, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += piece;
  return out;
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
