// Varied: every kind of request and answer there and back, and answers that are cut, too long or of wrong types.
#include "adapters/pdfscan/wire.h"

#include <gtest/gtest.h>

namespace postroom::pdfscan {
namespace {

TEST(Wire, RequestsArriveAsTheyWere) {
  ports::PdfRewrite rewrite{{pdf::Box{1, 2, 3, 4.5}}, std::nullopt, "stamp", false, true};
  auto parsed = parse_request(request_head(rewrite, 3) + "pdf" + rewrite.stamp);
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto& got = std::get<ports::PdfRewrite>(parsed->work);
  EXPECT_EQ(parsed->pdf, "pdf");
  EXPECT_EQ(got.stamp, "stamp");
  EXPECT_EQ(got.redact.at(0).bottom, 4.5);
  EXPECT_FALSE(got.whiten);
  EXPECT_FALSE(got.to_cmyk);
  EXPECT_TRUE(got.embed_fonts);

  pdf::Look look{3, pdf::Box{1, 2, 3, 4}, std::nullopt, {{1, 1, 2, 2}}, {{0, 0, 1, 1}, {5, 5, 6, 6}}};
  parsed = parse_request(request_head(look, 0));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(std::get<pdf::Look>(parsed->work).pages_max, 3);
  EXPECT_EQ(std::get<pdf::Look>(parsed->work).allowed_others.size(), 2U);

  parsed = parse_request(request_head(ports::PdfImageRequest{7, 96, {{0, 0, 1, 1}}, {}}, 0));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(std::get<ports::PdfImageRequest>(parsed->work).page, 7);
  EXPECT_EQ(std::get<ports::PdfImageRequest>(parsed->work).dpi, 96);

  parsed = parse_request(request_head(ports::PdfZoneTint{{{0, 0, 1, 1}}, {}}, 0));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(std::get<ports::PdfZoneTint>(parsed->work).first.size(), 1U);
}

TEST(Wire, RequestsThatAreNotWholeAreRefused) {
  std::string good = request_head(pdf::Look{}, 3) + "pdf";
  ASSERT_TRUE(parse_request(good));
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(parse_request(good.substr(0, size))) << size;
  EXPECT_FALSE(parse_request(good + "x"));
  std::string other = good;
  other.replace(other.find("\"version\":1"), 11, "\"version\":2");
  EXPECT_FALSE(parse_request(other));
}

TEST(Wire, AnswersArriveAsTheyWere) {
  pdf::Facts facts;
  facts.page_count = 1;
  facts.pages = {{210, 297, 90, {{"Zo\xC3\xAB", {1, 2, 3, 4}, 5, 6}}, true}};
  facts.has_rgb = true;
  facts.fonts_not_embedded = {"Arial"};
  std::string bytes = answer(write_facts(facts));
  auto body = parse_answer(bytes);
  ASSERT_TRUE(body);
  auto got = parse_facts(*body);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->page_count, 1);
  EXPECT_EQ(got->pages[0].rotation, 90);
  EXPECT_TRUE(got->pages[0].ink_outside);
  EXPECT_EQ(got->pages[0].words[0].text, "Zo\xC3\xAB");
  EXPECT_EQ(got->pages[0].words[0].line, 6);
  EXPECT_TRUE(got->has_rgb);
  EXPECT_EQ(got->fonts_not_embedded, std::vector<std::string>{"Arial"});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    auto cut = parse_answer(BytesView(bytes).substr(0, size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().kind, ErrorKind::internal);
  }
  EXPECT_FALSE(parse_answer(bytes + "x"));
  auto refused = parse_answer(refusal("too \"bad\"\n"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), (Error{ErrorKind::invalid_input, "too \"bad\"\n"}));
}

TEST(Wire, FactsThatCannotBeAreRefused) {
  const std::string page =
      R"({"width":210,"height":297,"rotation":0,"ink_outside":false,"ink_places":[],"words":[]})";
  const std::string good = R"({"page_count":1,"has_rgb":false,"fonts_not_embedded":[],"pages":[)" + page + "]}";
  ASSERT_TRUE(parse_facts(good));
  const std::vector<std::pair<std::string, std::string>> changes{
      {"\"page_count\":1", "\"page_count\":0"},
      {"\"page_count\":1", "\"page_count\":2"},
      {"\"page_count\":1", "\"page_count\":1e30"},
      {"\"has_rgb\":false", "\"has_rgb\":0"},
      {"\"width\":210", "\"width\":\"210\""},
      {"\"width\":210", "\"width\":1e300"},
      {"\"rotation\":0", "\"rotation\":360"},
      {"\"words\":[]", "\"words\":[1]"},
      {"\"words\":[]", "\"words\":{}"},
      {"\"pages\":[", "\"pages\":[3,"},
      {"\"words\":[]", R"("words":[{"text":"x","box":[1,2,3],"block":0,"line":0}])"},
      {"\"words\":[]", R"("words":[{"text":"x","box":[1,2,3,4],"block":-1,"line":0}])"},
  };
  for (const auto& [from, to] : changes) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    auto facts = parse_facts(text);
    ASSERT_FALSE(facts) << to;
    EXPECT_EQ(facts.error().kind, ErrorKind::internal);
  }
}

}  // namespace
}  // namespace postroom::pdfscan
