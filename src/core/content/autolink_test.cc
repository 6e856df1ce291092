// Single links are checked against tests/data/utilities.json, in tests/vectors.
#include "core/content/autolink.h"

#include <gtest/gtest.h>

#include "core/content/html_entities.h"

namespace postroom::content {
namespace {

TEST(Autolink, PunctuationOfTheSentenceStaysOutside) {
  EXPECT_EQ(autolink("(e.org/a), e.org/(b)? \"e.org/?q=1!\""),
            "(<a href=\"http://e.org/a\">e.org/a</a>), <a href=\"http://e.org/%28b%29\">e.org/(b)</a>? "
            "\"<a href=\"http://e.org/?q=1\">e.org/?q=1</a>!\"");
}

TEST(Autolink, CannotLeaveItsAttribute) {
  std::string html = autolink(escape_markup("e.org/\"onclick=\"alert(1)\" <b>"));
  EXPECT_EQ(html.find("\"onclick"), html.rfind("\"onclick")) << "only as text: " << html;
  EXPECT_NE(html.find("href=\"http://e.org/%22onclick=%22alert%281%29\""), std::string::npos) << html;
}

TEST(Autolink, FindsLinksInNames) {
  EXPECT_TRUE(has_link("Team e.org"));
  EXPECT_TRUE(has_link("https://e.org"));
  EXPECT_FALSE(has_link("Dept. of Health"));
  EXPECT_FALSE(has_link("team@e.org"));
}

TEST(Autolink, TakesLongTexts) {
  std::string text;
  for (int i = 0; i < 30'000; ++i) text += "a.bc/)";
  EXPECT_GT(autolink(text).size(), text.size());
  EXPECT_EQ(autolink(std::string(100'000, '.')), std::string(100'000, '.'));
}

}  // namespace
}  // namespace postroom::content
