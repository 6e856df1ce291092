// Small helpers on ASCII and UTF-8 text. All pure and thread-safe.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom {

constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_ascii_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_ascii_alpha(char c) { return is_ascii_upper(c) || is_ascii_lower(c); }
constexpr bool is_ascii_alnum(char c) { return is_ascii_alpha(c) || is_ascii_digit(c); }
// The ASCII white space of C's isspace: blank, \t \n \v \f \r.
constexpr bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr char ascii_lower(char c) { return is_ascii_upper(c) ? static_cast<char>(c + 32) : c; }
constexpr char ascii_upper(char c) { return is_ascii_lower(c) ? static_cast<char>(c - 32) : c; }

// ASCII letters only; other bytes stay.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);

std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);

// The whole of `text` as a decimal integer; nothing when it is empty, has other characters, or does not fit.
template <typename Integer>
std::optional<Integer> parse_int(std::string_view text) {
  Integer value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// True for well-formed UTF-8 (RFC 3629: no surrogates, no over-long forms, at most U+10FFFF).
bool is_valid_utf8(std::string_view text);
// Decodes one code point at `position` and moves past it. Ill-formed bytes give U+FFFD and advance one byte.
char32_t next_code_point(std::string_view text, std::size_t& position);
void append_utf8(std::string& out, char32_t code_point);
std::u32string to_utf32(std::string_view text);
std::string to_utf8(std::u32string_view text);

// Escapes & < > " ' for HTML text and quoted attributes.
std::string escape_html(std::string_view text);

// RFC 3986 percent-encoding, in capital hex, of every byte but unreserved characters and those in `kept`.
std::string percent_encode(std::string_view text, std::string_view kept = {});
// Decodes %XX, and + as a blank when `plus_is_blank`. Bad escapes stay as they are.
std::string percent_decode(std::string_view text, bool plus_is_blank);

}  // namespace postroom
