#include "core/recipients/plain_text.h"

#include <algorithm>

#include "base/text.h"
#include "core/recipients/unicode_data.h"

namespace postroom::recipients {
namespace {

// Lead bytes of the zero-width and no-break characters in UTF-8: text without them needs no decoding.
bool may_hold_obscure(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return c == '\xC2' || c == '\xE1' || c == '\xE2' || c == '\xEF'; });
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// The code point that ends at `end`, and where it starts.
char32_t previous_code_point(std::string_view text, std::size_t& end) {
  std::size_t start = end - 1;
  while (start > 0 && end - start < 4 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
  std::size_t position = start;
  char32_t c = next_code_point(text, position);
  if (position != end) {  // ill-formed: one byte at a time
    --end;
    return U'\uFFFD';
  }
  end = start;
  return c;
}

template <typename Left, typename Right>
std::string_view trim_where(std::string_view text, Left drop_left, Right drop_right) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t position = begin;
    if (!drop_left(next_code_point(text, position))) break;
    begin = position;
  }
  std::size_t end = text.size();
  while (end > begin) {
    std::size_t position = end;
    if (!drop_right(previous_code_point(text, position))) break;
    end = std::max(position, begin);
  }
  return text.substr(begin, end - begin);
}

bool is_ascii_blank(char32_t c) { return c == U' ' || (c >= U'\t' && c <= U'\r'); }

// Bytes of the line end at `position`, 0 when there is none.
std::size_t line_end_size(std::string_view text, std::size_t position) {
  switch (text[position]) {
    case '\r': return position + 1 < text.size() && text[position + 1] == '\n' ? 2 : 1;
    case '\n':
    case '\v':
    case '\f':
    case '\x1C':
    case '\x1D':
    case '\x1E': return 1;
    case '\xC2': return text.substr(position, 2) == "\xC2\x85" ? 2 : 0;
    case '\xE2': {
      std::string_view three = text.substr(position, 3);
      return three == "\u2028" || three == "\u2029" ? 3 : 0;
    }
    default: return 0;
  }
}

// Plain spellings of characters that have no canonical decomposition; null for others.
const char* plain_spelling(char32_t c) {
  switch (c) {
    case U'\u2011':
    case U'–':
    case U'—':
    case U'\u2212': return "-";
    case U'…': return "...";
    case U'‘':
    case U'’':
    case U'‚': return "'";
    case U'“':
    case U'”':
    case U'„': return "\"";
    case U'\t': return " ";
    case U'Ł': return "L";
    case U'ł': return "l";
    default: return nullptr;
  }
}

void append_plain(std::string& out, char32_t c) {
  if (c >= 0x20 && c <= 0x7E) {
    out.push_back(static_cast<char>(c));
  } else if (is_zero_width(c)) {
    return;
  } else if (is_no_break_blank(c)) {
    out.push_back(' ');
  } else if (const char* spelling = plain_spelling(c)) {
    out += spelling;
  } else {
    char32_t first = c < 0x80 ? c : first_of_canonical_decomposition(c);
    out.push_back(first >= 0x20 && first <= 0x7E ? static_cast<char>(first) : '?');
  }
}

}  // namespace

bool is_zero_width(char32_t c) {
  return (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF || c == 0x180E || c == 0x2028 || c == 0x2029;
}

bool is_no_break_blank(char32_t c) { return c == 0x00A0 || c == 0x202F; }

bool is_unicode_space(char32_t c) {
  if (c < 0x80) return is_ascii_blank(c) || (c >= 0x1C && c <= 0x1F);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

std::string_view strip_obscure(std::string_view text, std::string& buffer) {
  if (!may_hold_obscure(text)) return trim(text);
  buffer.clear();
  for (std::size_t position = 0; position < text.size();) {
    std::size_t start = position;
    char32_t c = next_code_point(text, position);
    if (!is_zero_width(c) && !is_no_break_blank(c)) buffer.append(text, start, position - start);
  }
  return trim(buffer);
}

std::string strip_obscure(std::string_view text) {
  std::string buffer;
  return std::string(strip_obscure(text, buffer));
}

std::string_view trim_all(std::string_view text, std::string_view extra_right) {
  auto blank = [](char32_t c) { return is_ascii_blank(c) || is_zero_width(c) || is_no_break_blank(c); };
  return trim_where(text, blank, [&](char32_t c) {
    return blank(c) || (c < 0x80 && extra_right.find(static_cast<char>(c)) != std::string_view::npos);
  });
}

std::string_view trim_unicode_space(std::string_view text) {
  return trim_where(text, is_unicode_space, is_unicode_space);
}

std::string normalise_spaces(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool blank_pending = false;
  for (std::size_t position = 0; position < text.size();) {
    std::size_t start = position;
    char32_t c = next_code_point(text, position);
    if (is_zero_width(c)) continue;
    if (is_unicode_space(c)) {
      blank_pending = !out.empty();
      continue;
    }
    if (blank_pending) out.push_back(' ');
    blank_pending = false;
    out.append(text, start, position - start);
  }
  return out;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  std::size_t start = 0;
  for (std::size_t position = 0; position < text.size();) {
    std::size_t size = line_end_size(text, position);
    if (size == 0) {
      ++position;
      continue;
    }
    lines.push_back(text.substr(start, position - start));
    position += size;
    start = position;
  }
  if (start < text.size()) lines.push_back(text.substr(start));
  return lines;
}

std::string remove_blanks_before_punctuation(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (c == ',' || c == '.') {
      while (!out.empty() && (out.back() == ' ' || out.back() == '\t')) out.pop_back();
    }
    out.push_back(c);
  }
  return out;
}

std::string to_plain_ascii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t position = 0; position < text.size();) append_plain(out, next_code_point(text, position));
  return out;
}

std::string lower_unicode(std::string_view text) {
  return is_ascii(text) ? to_lower(text) : lower_with_unicode_data(text);
}

std::string decompose_compatibility(std::string_view text) {
  return is_ascii(text) ? std::string(text) : compatibility_decomposition(text);
}

std::string column_key(std::string_view name) {
  std::string kept;
  kept.reserve(name.size());
  for (char c : name) {
    if (c != ' ' && c != '_' && c != '-') kept.push_back(c);
  }
  return lower_unicode(kept);
}

}  // namespace postroom::recipients
