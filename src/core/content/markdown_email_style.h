// Styles of email bodies. Apart from the writer, because typography comes between the two and styles, which are
// most of an email's bytes, need none.
#pragma once

#include <string>
#include <string_view>

namespace postroom::content::markdown {

// What write_email_html() writes for an opening tag with a style. The blank keeps words on both sides apart, as a
// blank in an attribute does.
namespace short_tag {
inline constexpr std::string_view kRule = "<hr >";
inline constexpr std::string_view kHeading = "<h2 >";
inline constexpr std::string_view kSubheading = "<h3 >";
inline constexpr std::string_view kParagraph = "<p >";
inline constexpr std::string_view kList = "<list >";  // around a list at the top
inline constexpr std::string_view kInnerList = "<inner-list >";
inline constexpr std::string_view kBullets = "<ul >";
inline constexpr std::string_view kNumbers = "<ol >";
inline constexpr std::string_view kItem = "<li >";
inline constexpr std::string_view kInset = "<inset >";
inline constexpr std::string_view kLink = "<a ";
}  // namespace short_tag

// Puts the real tags, each with its style, in the place of short ones. `right_to_left` puts what stands before a
// text (bullets, bars) on the other side.
std::string style_email_html(std::string_view html, bool right_to_left);

}  // namespace postroom::content::markdown
