// Whitespace and list rules that all channels share. Text is UTF-8; nothing is normalised (NFC) anywhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postroom::content {

// Invisible characters that people paste without knowing.
constexpr bool is_zero_width(char32_t c) {
  return c == 0x180E || (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF || c == 0x2028 || c == 0x2029;
}
constexpr bool is_no_break_space(char32_t c) { return c == 0xA0 || c == 0x202F; }
// Unicode's White_Space and the four ASCII separators U+001C to U+001F.
constexpr bool is_unicode_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x9 && c <= 0xD) || (c >= 0x1C && c <= 0x1F);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}
// Letters, numbers and '_'.
bool is_word_character(char32_t c);
bool is_decimal_digit(char32_t c);

// Bytes of the white space character at `at`; 0 when there is none.
std::size_t space_length_at(std::string_view text, std::size_t at);
// Bytes of the white space character that ends before `end`; 0 when there is none.
std::size_t space_length_before(std::string_view text, std::size_t end);
// Where the white space at the end of `text` begins.
std::size_t trailing_space_begin(std::string_view text);

std::string_view trim_unicode_left(std::string_view text);
std::string_view trim_unicode(std::string_view text);
// Removes zero-width and no-break characters everywhere, then ASCII white space at both ends.
std::string strip_obscure(std::string_view text);
// Both ends: white space of ASCII, zero-width and no-break characters.
std::string_view trim_all(std::string_view text);
// One blank for every run of white space, none at the ends; zero-width characters removed.
std::string normalise_space(std::string_view text);
// normalise_space on each line; all kinds of line ends become \n.
std::string normalise_lines(std::string_view text);
// Three or more line feeds in a row become two.
std::string collapse_blank_lines(std::string_view text);
// Removes blanks and tabs directly before ',' and '.'.
std::string tidy_punctuation(std::string_view text);
// One to three dashes between white space become a blank, an en dash and a blank.
std::string en_dashes(std::string_view text);
// Unicode default lower case.
std::string lower_unicode(std::string_view text);

struct PhraseOptions {
  std::string_view conjunction = "and";
  std::string_view before = "‘";
  std::string_view after = "’";
  std::string_view separator = ", ";
  std::string_view lead_one = {};   // a word before the phrase, for one item
  std::string_view lead_many = {};  // for several
  std::size_t items_max = 0;        // more are cut to one less (but not to none) and `rest`; 0: no limit
  std::string_view rest = {};       // stands for the items that were cut, for example "others"
};
// "‘a’", "‘a’ and ‘b’", "‘a’, ‘b’ and ‘c’".
std::string phrase(const std::vector<std::string>& items, const PhraseOptions& options = {});

}  // namespace postroom::content
