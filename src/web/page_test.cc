// Varied: hostile titles and senders, with and without faults. Texts are shown as texts, and what the frame needs
// from the server is there.
#include "web/page.h"

#include <gtest/gtest.h>

namespace postroom::web {
namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

TEST(Page, ShowsTextsAsTexts) {
  const std::string made =
      page({.title = "<b>1</b>", .sender = "A & \"B\"", .content = "<h1>x</h1>", .language = "cy"});
  EXPECT_TRUE(has(made, "<title>&lt;b&gt;1&lt;/b&gt; – A &amp; &quot;B&quot;</title>")) << made;
  EXPECT_TRUE(has(made, "<p class=\"sender\">A &amp; &quot;B&quot;</p>"));
  EXPECT_TRUE(has(made, "<main id=\"main\">\n<h1>x</h1>\n</main>"));
  EXPECT_TRUE(has(made, "<html lang=\"cy\">"));
  EXPECT_TRUE(has(made, "noindex"));
  EXPECT_FALSE(has(made, "<footer>"));
  EXPECT_EQ(made, page({.title = "<b>1</b>", .sender = "A & \"B\"", .content = "<h1>x</h1>", .language = "cy"}));
}

TEST(Page, AFaultIsInTheTabsName) {
  EXPECT_TRUE(has(page({.title = "Form", .has_error = true}), "<title>Error: Form</title>"));
  EXPECT_EQ(error_summary("Enter <x>", "field").find("<x>"), std::string::npos);
  EXPECT_TRUE(has(error_summary("Enter it", "field"), "<a href=\"#field\">Enter it</a>"));
}

TEST(Page, EverythingItLoadsIsServed) {
  http::Router router;
  add_page_style(router);
  add_not_found_page(router);
  http::Request request{.method = "GET", .target = "/assets/page.css", .path = "/assets/page.css"};
  const auto style = router.dispatch(request);
  EXPECT_EQ(style.status, 200);
  EXPECT_EQ(style.content_type, "text/css; charset=utf-8");
  for (std::string_view outside : {"url(", "@import", "http"}) EXPECT_FALSE(has(style.body, outside)) << outside;
  request.path = request.target = "/nowhere";
  const auto missing = router.dispatch(request);
  EXPECT_EQ(missing.status, 404);
  EXPECT_TRUE(has(missing.body, "href=\"/assets/page.css\""));
  EXPECT_TRUE(has(missing.body, "This page does not exist"));
}

TEST(Page, ForbidsScriptsFramesAndCaches) {
  const auto response = page_response(200, {.title = "x"});
  const std::string policy(response.header("Content-Security-Policy").value());
  for (std::string_view part :
       {"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"}) {
    EXPECT_TRUE(has(policy, part)) << policy;
  }
  EXPECT_EQ(response.header("Cache-Control"), "no-store");
  http::Response other;
  add_page_headers(other, "sandbox");
  EXPECT_EQ(other.header("Content-Security-Policy"), "sandbox");
}

}  // namespace
}  // namespace postroom::web
