// White-space and plain-ASCII rules for recipients, addresses and spreadsheet cells. All pure, linear and
// thread-safe; ill-formed UTF-8 is passed through or becomes "?".
//
// Three sets matter. Zero-width: U+180E 200B 200C 200D 2060 FEFF 2028 2029. No-break: U+00A0 202F. Unicode white
// space: what Unicode calls White_Space and the control characters U+001C to U+001F.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postroom::recipients {

bool is_zero_width(char32_t c);
bool is_no_break_blank(char32_t c);
bool is_unicode_space(char32_t c);

// Deletes zero-width and no-break characters anywhere, then trims ASCII white space. Other inner blanks stay.
std::string strip_obscure(std::string_view text);
// The same without a copy when nothing inside needs deleting: returns a view of `text` or of `buffer`.
std::string_view strip_obscure(std::string_view text, std::string& buffer);

// Trims ASCII, zero-width and no-break blanks; on the right also the ASCII characters in `extra_right`.
std::string_view trim_all(std::string_view text, std::string_view extra_right = {});
std::string_view trim_unicode_space(std::string_view text);

// One blank for every run of white space, none at the ends, no zero-width characters.
std::string normalise_spaces(std::string_view text);
// Splits at every line end Unicode knows (LF, CR, CR LF, VT, FF, U+001C to 001E, NEL, U+2028, U+2029), without
// an empty line after the last one.
std::vector<std::string_view> split_lines(std::string_view text);
// Deletes blanks and tabs directly before "," and ".".
std::string remove_blanks_before_punctuation(std::string_view text);

// Keeps U+0020 to U+007E; takes accents off, makes dashes and quotes plain, drops zero-width characters, and
// writes "?" for everything else.
std::string to_plain_ascii(std::string_view text);

// Unicode default lower-casing (not folding); ASCII costs no conversion.
std::string lower_unicode(std::string_view text);

// Unicode compatibility decomposition (NFKD): ligatures and full-width forms become plain letters, accents follow
// their letters. Ill-formed bytes stay.
std::string decompose_compatibility(std::string_view text);

// What column headers and placeholder names are matched by: without blanks, "_" and "-", lower case.
std::string column_key(std::string_view name);

}  // namespace postroom::recipients
