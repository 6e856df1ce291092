// What needs Unicode's character tables (ICU). Internal to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postroom::recipients {

// The first code point of the canonical decomposition, one level deep; the character itself when it has none.
char32_t first_of_canonical_decomposition(char32_t c);

// Unicode default lower-casing.
std::string lower_with_unicode_data(std::string_view text);

// NFKD (UAX 15).
std::string compatibility_decomposition(std::string_view text);

// A domain name as ASCII by IDNA 2003 (RFC 3490) with nameprep; unassigned code points are let through, the three
// other full stops (U+3002, U+FF0E, U+FF61) separate labels too. Nothing when a label is empty, over 63 characters
// or forbidden.
std::optional<std::string> domain_to_ascii(std::string_view domain);

}  // namespace postroom::recipients
