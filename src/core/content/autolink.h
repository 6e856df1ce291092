// Links in plain text, for showing on a page what phones make of a text message, and for finding links in names.
#pragma once

#include <string>
#include <string_view>

namespace postroom::content {

// `html` is HTML-escaped text. Puts <a href> around addresses of pages; punctuation after one stays outside.
std::string autolink(std::string_view html);
// The first address that autolink() would make a link of; empty when there is none.
std::string_view first_link(std::string_view text);
inline bool has_link(std::string_view text) { return !first_link(text).empty(); }

}  // namespace postroom::content
