#include "core/content/markdown_email_style.h"

#include <array>
#include <utility>
#include <vector>

namespace postroom::content::markdown {
namespace {

struct Styled {
  std::string_view tag;
  std::string_view left_to_right;
  std::string_view right_to_left = left_to_right;
};

// The colours are those of email_style.h. plaintext: each paragraph takes its direction from its own words. Some
// mail programs ignore the margins of lists, none those of table cells.
constexpr std::array<Styled, 11> kStyles = {{
    {short_tag::kLink, "<a style=\"word-wrap: break-word; color: #0b5c6b;\" "},
    {short_tag::kParagraph,
     "<p style=\"margin: 0 0 20px 0; font-size: 19px; line-height: 1.3158; color: #1b1f24; unicode-bidi: "
     "plaintext;\">"},
    {short_tag::kItem,
     "<li style=\"margin: 5px 0; padding: 0 0 0 5px; font-size: 19px; line-height: 1.3158; color: #1b1f24; "
     "unicode-bidi: plaintext;\">",
     "<li style=\"margin: 5px 0; padding: 0 5px 0 0; font-size: 19px; line-height: 1.3158; color: #1b1f24; "
     "unicode-bidi: plaintext;\">"},
    {short_tag::kHeading,
     "<h2 style=\"margin: 0 0 20px 0; padding: 0; font-size: 27px; line-height: 35px; font-weight: bold; color: "
     "#1b1f24; unicode-bidi: plaintext;\">"},
    {short_tag::kSubheading,
     "<h3 style=\"margin: 0 0 15px 0; padding: 10px 0 0 0; font-size: 19px; line-height: 25px; font-weight: bold; "
     "color: #1b1f24; unicode-bidi: plaintext;\">"},
    {short_tag::kRule, "<hr style=\"border: 0; height: 1px; background: #8a939d; margin: 30px 0;\">"},
    {short_tag::kList,
     "<table role=\"presentation\" style=\"border-collapse: collapse;\"><tr><td style=\"padding: 0 0 20px 0; "
     "font-family: Helvetica, Arial, sans-serif;\">"},
    {short_tag::kInnerList,
     "<table role=\"presentation\" style=\"border-collapse: collapse;\"><tr><td style=\"padding: 0; font-family: "
     "Helvetica, Arial, sans-serif;\">"},
    {short_tag::kBullets, "<ul style=\"margin: 0 0 0 20px; padding: 0; list-style-type: disc;\">",
     "<ul style=\"margin: 0 20px 0 0; padding: 0; list-style-type: disc;\">"},
    {short_tag::kNumbers, "<ol style=\"margin: 0 0 0 20px; padding: 0; list-style-type: decimal;\">",
     "<ol style=\"margin: 0 20px 0 0; padding: 0; list-style-type: decimal;\">"},
    {short_tag::kInset,
     "<div style=\"margin: 0 0 20px 0;\"><blockquote style=\"margin: 0; border-left: 10px solid #8a939d; padding: "
     "15px 0 0.1px 15px; font-size: 19px; line-height: 25px; color: #1b1f24;\">",
     "<div style=\"margin: 0 0 20px 0;\"><blockquote style=\"margin: 0; border-right: 10px solid #8a939d; padding: "
     "15px 15px 0.1px 0; font-size: 19px; line-height: 25px; color: #1b1f24;\">"},
}};

const Styled* style_at(std::string_view html) {
  for (const Styled& style : kStyles) {
    if (html.size() > 1 && html[1] == style.tag[1] && html.starts_with(style.tag)) return &style;
  }
  return nullptr;
}

}  // namespace

std::string style_email_html(std::string_view html, bool right_to_left) {
  auto styled = [&](const Styled& style) { return right_to_left ? style.right_to_left : style.left_to_right; };
  // The result may be many times as long, so its size is found first.
  std::vector<std::pair<std::size_t, const Styled*>> tags;
  std::size_t size = html.size();
  for (std::size_t i = html.find('<'); i != std::string_view::npos; i = html.find('<', i + 1)) {
    const Styled* style = style_at(html.substr(i));
    if (style == nullptr) continue;
    tags.emplace_back(i, style);
    size += styled(*style).size() - style->tag.size();
  }
  std::string out;
  out.reserve(size);
  std::size_t begin = 0;  // of what is not in `out` yet
  for (auto [at, style] : tags) {
    out.append(html, begin, at - begin).append(styled(*style));
    begin = at + style->tag.size();
  }
  return out.append(html, begin);
}

}  // namespace postroom::content::markdown
