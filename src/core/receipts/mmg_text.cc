// The escapes in texts that come from MMG.
#include <array>

#include "base/text.h"
#include "core/receipts/inbound_text.h"

namespace postroom::receipts {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kLastCodePoint = 0x10FFFF;

bool is_high_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDBFF; }
bool is_low_surrogate(char32_t c) { return c >= 0xDC00 && c <= 0xDFFF; }

int hex_value(char c) {
  if (is_ascii_digit(c)) return c - '0';
  char lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Exactly `count` hexadecimal digits at `at`.
std::optional<char32_t> hex_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at > text.size() || text.size() - at < count) return std::nullopt;
  char32_t value = 0;
  for (char c : text.substr(at, count)) {
    int digit = hex_value(c);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

// The code point that an escape stands for, and how many characters it has with its backslash; 0: no escape.
struct Escape {
  char32_t code_point = 0;
  std::size_t length = 0;
};

Escape numbered_escape(std::string_view rest, std::size_t digits) {
  auto value = hex_at(rest, 2, digits);
  if (!value || *value > kLastCodePoint) return {};
  return {*value, 2 + digits};
}

Escape octal_escape(std::string_view rest) {
  char32_t value = 0;
  std::size_t length = 1;
  while (length < 4 && length < rest.size() && rest[length] >= '0' && rest[length] <= '7') {
    value = value * 8 + static_cast<char32_t>(rest[length++] - '0');
  }
  return {value, length};
}

// `rest` starts with a backslash.
Escape escape_at(std::string_view rest) {
  if (rest.size() < 2) return {};
  switch (rest[1]) {
    case '\\': return {U'\\', 2};
    case '\'': return {U'\'', 2};
    case '"': return {U'"', 2};
    case 'a': return {U'\a', 2};
    case 'b': return {U'\b', 2};
    case 'f': return {U'\f', 2};
    case 'n': return {U'\n', 2};
    case 'r': return {U'\r', 2};
    case 't': return {U'\t', 2};
    case 'v': return {U'\v', 2};
    case 'x': return numbered_escape(rest, 2);
    case 'u': return numbered_escape(rest, 4);
    case 'U': return numbered_escape(rest, 8);
    default: return rest[1] >= '0' && rest[1] <= '7' ? octal_escape(rest) : Escape{};
  }
}

}  // namespace

std::string decode_mmg_text(std::string_view text) {
  const std::string plain = percent_decode(text, true);
  const std::string_view all = plain;
  std::string out;
  out.reserve(all.size());
  char32_t high = 0;  // half of a surrogate pair
  auto put = [&](char32_t c) {
    if (high != 0 && is_low_surrogate(c)) {
      append_utf8(out, 0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00));
      high = 0;
      return;
    }
    if (high != 0) append_utf8(out, kReplacement);
    high = 0;
    if (is_high_surrogate(c))
      high = c;
    else
      append_utf8(out, is_low_surrogate(c) ? kReplacement : c);
  };
  for (std::size_t at = 0; at < all.size();) {
    if (all[at] == '\\') {
      Escape escape = escape_at(all.substr(at));
      if (escape.length > 0) {
        put(escape.code_point);
        at += escape.length;
        continue;
      }
    }
    put(next_code_point(all, at));
  }
  if (high != 0) append_utf8(out, kReplacement);
  return out;
}

}  // namespace postroom::receipts
