// More is checked against tests/data/utilities.json, in tests/vectors.
#include "core/content/text_rules.h"

#include <gtest/gtest.h>

#include "core/content/html_entities.h"
#include "core/content/typography.h"

namespace postroom::content {
namespace {

TEST(TextRules, DashesBetweenWhiteSpace) {
  EXPECT_EQ(en_dashes("a - b -- c --- d ---- e"), "a – b – c – d ---- e");
  EXPECT_EQ(en_dashes("a \n-\n b"), "a – b");
  EXPECT_EQ(en_dashes("a -b- c -"), "a -b- c -");
}

TEST(TextRules, TrimsAndCollapses) {
  EXPECT_EQ(trim_all("\u200B\u00A0 a \u2060\n"), "a");
  EXPECT_EQ(trim_unicode("\u3000 a\u2003"), "a");
  EXPECT_EQ(collapse_blank_lines("a\n\n\n\nb\n\nc"), "a\n\nb\n\nc");
  EXPECT_EQ(tidy_punctuation("a  , b\t. c\n,"), "a, b. c\n,");
  EXPECT_EQ(trailing_space_begin("   "), 0u);
  EXPECT_EQ(trailing_space_begin("a \u00A0"), 1u);
}

TEST(HtmlEntities, DecodesOnlyWithSemicolon) {
  EXPECT_EQ(decode_entities("&amp;&copy;&copy &#65;&#x42;&nope; &notit;"), "&©&copy AB&nope; ¬it;");
  EXPECT_EQ(decode_entities("&#99999999999;"), "\uFFFD");
  EXPECT_EQ(decode_entities("&;&#;&#x;"), "&;&#;&#x;");
}

TEST(HtmlEntities, TagsShowInAttributesAndGoFromText) {
  EXPECT_EQ(attribute_value("<b class=\"x\">a &amp; b</b>"), "&lt;b class=&quot;x&quot;&gt;a &amp; b&lt;/b&gt;");
  EXPECT_EQ(without_tags("<b class=\"x\">a &amp; b</b> > c <br"), "a &amp; b > c ");
}

TEST(Typography, QuotesFarApartAreSetAsThoseNearby) {
  // Whatever lies between: the rules look at the nearest characters only.
  const std::string pieces[] = {"it's",     "\"q\"",    " '80s", "x'80s", "\\'", "(\"a\")",
                                "James' x", "&nbsp;'t", "--\"u", "'",     "é'é", "\"'n'\""};
  for (std::size_t gap : {1u, 20u, 31u, 32u, 33u, 64u, 95u, 96u, 97u, 98u, 500u}) {
    for (const std::string filler : {"x", "é", "日", " "}) {
      std::string between;
      while (between.size() < gap) between += filler;
      between = filler + between + filler;
      for (const std::string& a : pieces) {
        for (const std::string& b : pieces) {
          std::string near_end = curly_quotes(between + a + filler + filler);
          std::string near_begin = curly_quotes(filler + filler + b + between);
          std::string both = curly_quotes(between + a + between + b + between);
          std::size_t skip = 2 * filler.size();
          EXPECT_EQ(both, near_end.substr(0, near_end.size() - skip) + between + near_begin.substr(skip));
        }
      }
    }
  }
}

TEST(Typography, LeavesTagsAndCodeAlone) {
  EXPECT_EQ(nice_typography("<i title=\"a\">it's</i> <code>it's</code>"),
            "<i title=\"a\">it’s</i> <code>it's</code>");
  EXPECT_EQ(nice_typography("'"), "‘");
  EXPECT_EQ(nice_typography("x<b>'</b>"), "x<b>’</b>");
  EXPECT_EQ(nice_typography("o'neil@e.org it's"), "o'neil@e.org it’s");
  EXPECT_EQ(nice_typography("a < b 'c'"), "a < b ‘c’");
}

}  // namespace
}  // namespace postroom::content
