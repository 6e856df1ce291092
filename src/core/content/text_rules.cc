#include "core/content/text_rules.h"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/text.h"

namespace postroom::content {
namespace {

constexpr bool is_line_end(char32_t c) {
  return c == '\n' || c == '\r' || c == 0xB || c == 0xC || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 ||
         c == 0x2029;
}

// The character before `end`; moves `end` to its first byte.
char32_t previous_code_point(std::string_view text, std::size_t& end) {
  std::size_t begin = end - 1;
  while (begin > 0 && end - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
  std::size_t position = begin;
  char32_t c = next_code_point(text, position);
  if (position != end) {
    --end;
    return 0xFFFD;
  }
  end = begin;
  return c;
}

template <typename Predicate>
std::string_view trim_where(std::string_view text, Predicate trimmed, bool right) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t next = begin;
    if (!trimmed(next_code_point(text, next))) break;
    begin = next;
  }
  std::size_t end = text.size();
  while (right && end > begin) {
    std::size_t previous = end;
    if (!trimmed(previous_code_point(text, previous))) break;
    end = previous;
  }
  return text.substr(begin, end - begin);
}

void append_normalised(std::string& out, std::string_view text) {
  std::size_t start = out.size();
  bool pending = false;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t begin = i;
    char32_t c = next_code_point(text, i);
    if (is_zero_width(c)) continue;
    if (is_unicode_space(c)) {
      pending = true;
      continue;
    }
    if (pending && out.size() > start) out += ' ';
    pending = false;
    out += text.substr(begin, i - begin);
  }
}

}  // namespace

bool is_word_character(char32_t c) {
  if (c < 0x80) return is_ascii_alnum(static_cast<char>(c)) || c == '_';
  return (U_MASK(u_charType(static_cast<UChar32>(c))) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
}

bool is_decimal_digit(char32_t c) {
  if (c < 0x80) return is_ascii_digit(static_cast<char>(c));
  return u_charType(static_cast<UChar32>(c)) == U_DECIMAL_DIGIT_NUMBER;
}

std::size_t space_length_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return is_unicode_space(byte) ? 1 : 0;
  std::size_t next = at;
  return is_unicode_space(next_code_point(text, next)) ? next - at : 0;
}

std::size_t space_length_before(std::string_view text, std::size_t end) {
  if (end == 0) return 0;
  auto byte = static_cast<unsigned char>(text[end - 1]);
  if (byte < 0x80) return is_unicode_space(byte) ? 1 : 0;
  std::size_t begin = end;
  return is_unicode_space(previous_code_point(text, begin)) ? end - begin : 0;
}

std::size_t trailing_space_begin(std::string_view text) {
  std::size_t end = text.size();
  while (std::size_t length = space_length_before(text, end)) end -= length;
  return end;
}

std::string_view trim_unicode_left(std::string_view text) { return trim_where(text, is_unicode_space, false); }
std::string_view trim_unicode(std::string_view text) { return trim_where(text, is_unicode_space, true); }

std::string strip_obscure(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    std::size_t begin = i;
    char32_t c = next_code_point(text, i);
    if (!is_zero_width(c) && !is_no_break_space(c)) out += text.substr(begin, i - begin);
  }
  return std::string(trim(out));
}

std::string_view trim_all(std::string_view text) {
  return trim_where(
      text,
      [](char32_t c) {
        return (c < 0x80 && is_ascii_space(static_cast<char>(c))) || is_zero_width(c) || is_no_break_space(c);
      },
      true);
}

std::string normalise_space(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_normalised(out, text);
  return out;
}

std::string normalise_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t line = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t begin = i;
    char32_t c = next_code_point(text, i);
    if (!is_line_end(c)) continue;
    append_normalised(out, text.substr(line, begin - line));
    if (c == '\r' && i < text.size() && text[i] == '\n') ++i;
    out += '\n';
    line = i;
  }
  append_normalised(out, text.substr(line));
  return out;
}

std::string collapse_blank_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t run = 0;
  for (char c : text) {
    run = c == '\n' ? run + 1 : 0;
    if (run <= 2) out += c;
  }
  return out;
}

std::string tidy_punctuation(std::string_view text) {
  auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  std::string out;
  out.reserve(text.size());
  std::size_t begin = 0;  // of what is not in `out` yet
  for (std::size_t i = 1; i < text.size(); ++i) {
    if ((text[i] != ',' && text[i] != '.') || !is_blank(text[i - 1])) continue;
    std::size_t end = i;
    while (end > begin && is_blank(text[end - 1])) --end;
    out.append(text, begin, end - begin);
    begin = i;
  }
  return out.append(text, begin);
}

std::string en_dashes(std::string_view text) {
  constexpr std::string_view kEnDash = "–";
  constexpr std::string_view kEmDash = "—";
  constexpr std::size_t kDashesMax = 3;
  auto dash_length = [&](std::size_t i) -> std::size_t {
    if (i >= text.size()) return 0;
    if (text[i] == '-') return 1;
    std::string_view rest = text.substr(i, kEnDash.size());
    return rest == kEnDash || rest == kEmDash ? rest.size() : 0;
  };
  std::string out;
  out.reserve(text.size());
  std::size_t begin = 0;  // of what is not in `out` yet
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '-' && text[i] != kEnDash[0]) continue;
    if (dash_length(i) == 0 || i == begin || space_length_before(text, i) == 0) continue;
    std::size_t dash_end = i;
    std::size_t dashes = 0;
    for (; dashes <= kDashesMax && dash_length(dash_end) != 0; ++dashes) dash_end += dash_length(dash_end);
    std::size_t after = dash_end;
    while (std::size_t length = space_length_at(text, after)) after += length;
    if (dashes > kDashesMax || after == dash_end) continue;
    std::size_t space = i;
    while (space > begin) {
      std::size_t length = space_length_before(text, space);
      if (length == 0) break;
      space -= length;
    }
    out.append(text, begin, space - begin).append(" – ");
    begin = after;
    i = after - 1;
  }
  return out.append(text, begin);
}

std::string lower_unicode(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return to_lower(text);
  std::string lowered;
  icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())))
      .toLower(icu::Locale::getRoot())
      .toUTF8String(lowered);
  return lowered;
}

std::string phrase(const std::vector<std::string>& items, const PhraseOptions& options) {
  bool cut = options.items_max > 0 && items.size() > options.items_max;
  std::size_t shown = cut ? std::max<std::size_t>(options.items_max - 1, 1) : items.size();
  std::size_t count = shown + (cut ? 1 : 0);
  std::string out(items.size() == 1 ? options.lead_one : items.empty() ? std::string_view() : options.lead_many);
  if (!out.empty()) out += ' ';
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0 && i + 1 == count) {
      out.append(" ").append(options.conjunction).append(" ");
    } else if (i > 0) {
      out += options.separator;
    }
    if (i < shown) {
      out.append(options.before).append(items[i]).append(options.after);
    } else {
      out += options.rest;
    }
  }
  return out;
}

}  // namespace postroom::content
