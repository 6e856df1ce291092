#include "core/content/typography.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "core/content/text_rules.h"

namespace postroom::content {
namespace {

constexpr char32_t kOpenSingle = 0x2018;
constexpr char32_t kCloseSingle = 0x2019;
constexpr char32_t kOpenDouble = 0x201C;
constexpr char32_t kCloseDouble = 0x201D;

constexpr std::string_view kEscapable = "\\\"'.-`";

constexpr std::array<std::string_view, 9> kCopiedElements = {"a",   "pre",    "samp",  "code", "tt",
                                                             "kbd", "script", "style", "math"};

bool word_at(std::u32string_view text, std::size_t i) { return i < text.size() && is_word_character(text[i]); }
bool space_at(std::u32string_view text, std::size_t i) { return i < text.size() && is_unicode_space(text[i]); }

// A character after which a quote closes.
bool is_close_context(char32_t c) {
  return c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != '[' && c != '{' && c != '(' && c != '-';
}

// "'s" as in "John's": an s that ends the word.
bool lone_s_at(std::u32string_view text, std::size_t i) {
  return i < text.size() && text[i] == 's' && !word_at(text, i + 1);
}

bool is_open_context(std::u32string_view text, std::size_t quote) {
  if (quote == 0) return false;
  if (is_unicode_space(text[quote - 1])) return true;
  static constexpr std::array<std::u32string_view, 8> kBefore = {U"&nbsp;",  U"--",      U"&ndash;",  U"&mdash;",
                                                                 U"&#8211;", U"&#8212;", U"&#x2013;", U"&#x2014;"};
  std::u32string_view before = text.substr(0, quote);
  return std::ranges::any_of(kBefore, [&](auto end) { return before.ends_with(end); });
}

void set_nested_openings(std::u32string& t) {
  for (std::size_t i = 0; i + 2 < t.size(); ++i) {
    if ((t[i] != '"' && t[i] != '\'') || !word_at(t, i + 2)) continue;
    if (t[i] == '"' && t[i + 1] == '\'') {
      t[i] = kOpenDouble;
      t[i + 1] = kOpenSingle;
    } else if (t[i] == '\'' && t[i + 1] == '"') {
      t[i] = kOpenSingle;
      t[i + 1] = kOpenDouble;
    }
  }
}

void set_decades(std::u32string& t) {
  for (std::size_t i = 1; i + 3 < t.size(); ++i) {
    if (t[i] == '\'' && is_word_character(t[i - 1]) && is_decimal_digit(t[i + 1]) && is_decimal_digit(t[i + 2]) &&
        t[i + 3] == 's') {
      t[i] = kCloseSingle;
    }
  }
}

void set_openings(std::u32string& t, char32_t straight, char32_t curly) {
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (t[i] == straight && word_at(t, i + 1) && is_open_context(t, i)) t[i] = curly;
  }
}

// The pair of a context character and a quote is taken from the left and not used again, so a quote directly
// after a set one needs that one's successor as context.
void set_single_closings(std::u32string& t, bool before_break) {
  for (std::size_t i = 0; i + 1 < t.size();) {
    if (t[i + 1] != '\'' || !is_close_context(t[i])) {
      ++i;
      continue;
    }
    bool break_follows = space_at(t, i + 2) || lone_s_at(t, i + 2);
    bool digit_follows = i + 2 < t.size() && is_decimal_digit(t[i + 2]);
    if (before_break ? !break_follows : break_follows || digit_follows) {
      ++i;
      continue;
    }
    t[i + 1] = kCloseSingle;
    i += before_break ? 3 : 2;
  }
}

void set_double_closings(std::u32string& t) {
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (t[i] == '"' && space_at(t, i + 1)) t[i] = kCloseDouble;
  }
  for (std::size_t i = 0; i + 1 < t.size();) {
    if (t[i + 1] == '"' && is_close_context(t[i])) {
      t[i + 1] = kCloseDouble;
      i += 2;
    } else {
      ++i;
    }
  }
}

std::string process_escapes(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool escape = text[i] == '\\' && i + 1 < text.size();
    if (escape && kEscapable.find(text[i + 1]) != std::string_view::npos) {
      out.append("&#").append(std::to_string(static_cast<int>(text[++i]))).append(";");
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string curl_piece(std::string_view text) {
  std::u32string t = to_utf32(process_escapes(text));
  set_nested_openings(t);
  set_decades(t);
  set_openings(t, '\'', kOpenSingle);
  set_single_closings(t, false);
  set_single_closings(t, true);
  std::ranges::replace(t, U'\'', kOpenSingle);
  set_openings(t, '"', kOpenDouble);
  set_double_closings(t);
  std::ranges::replace(t, U'"', kOpenDouble);
  return to_utf8(t);
}

// The next quote or backslash at or after `i`.
std::size_t next_mark(std::string_view text, std::size_t i) {
  while (i < text.size() && text[i] != '\'' && text[i] != '"' && text[i] != '\\') ++i;
  return i;
}

bool is_inside_character(std::string_view text, std::size_t i) {
  return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
}

// No rule looks farther than this many bytes from a quote.
constexpr std::size_t kContextBytes = 32;

// Only the surroundings of quotes are worked on; what lies between is copied.
std::string curl_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  std::size_t position = 0;  // of what is not in `out` yet
  for (std::size_t first = next_mark(text, 0); first < text.size();) {
    std::size_t last = first;
    std::size_t next = next_mark(text, last + 1);
    while (next < text.size() && next - last <= 3 * kContextBytes) {
      last = next;
      next = next_mark(text, last + 1);
    }
    std::size_t begin = first - std::min(first, kContextBytes);
    while (begin > 0 && is_inside_character(text, begin)) --begin;
    begin = std::max(begin, position);
    std::size_t end = std::min(last + kContextBytes, text.size());
    while (is_inside_character(text, end)) ++end;
    end = std::min(end, next);
    out.append(text, position, begin - position).append(curl_piece(text.substr(begin, end - begin)));
    position = end;
    first = next;
  }
  return out.append(text, position);
}

// Past the tag or comment that begins at `at`; `at` itself when it is no tag.
std::size_t tag_end(std::string_view html, std::size_t at, std::size_t last_close) {
  if (html.substr(at).starts_with("<!--")) {
    std::size_t end = html.find("-->", at + 4);
    if (end != std::string_view::npos) return end + 3;
  }
  if (last_close == std::string_view::npos || last_close < at) return at;
  return html.find('>', at) + 1;
}

struct CopiedTag {
  std::string_view name;
  bool closing = false;
};

CopiedTag copied_tag(std::string_view tag) {
  CopiedTag result;
  tag.remove_prefix(1);
  if (tag.starts_with("/")) {
    result.closing = true;
    tag.remove_prefix(1);
  }
  std::size_t length = 0;
  while (length < tag.size() && is_ascii_alnum(tag[length])) ++length;
  for (std::string_view name : kCopiedElements) {
    if (equals_ignoring_case(tag.substr(0, length), name)) result.name = name;
  }
  return result;
}

class QuoteSetter {
 public:
  void text(std::string& out, std::string_view run) {
    if (run.empty()) return;
    if (!open_.empty()) {
      out += run;
    } else if (run == "'" || run == "\"") {
      bool closes = !previous_.empty() && space_length_at(previous_, 0) == 0;
      append_utf8(out, run == "'" ? (closes ? kCloseSingle : kOpenSingle) : (closes ? kCloseDouble : kOpenDouble));
    } else if (next_mark(run, 0) == run.size()) {
      out += run;
    } else {
      out += curl_text(run);
    }
    std::size_t last = run.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(run[last]) & 0xC0) == 0x80) --last;
    previous_ = run.substr(last);
  }

  void tag(std::string& out, std::string_view tag) {
    out += tag;
    CopiedTag copied = copied_tag(tag);
    if (copied.name.empty()) return;
    if (!copied.closing) {
      open_.push_back(copied.name);
    } else if (!open_.empty() && open_.back() == copied.name) {
      open_.pop_back();
    }
  }

 private:
  std::vector<std::string_view> open_;
  std::string_view previous_;  // last character of the previous text
};

}  // namespace

std::string curly_quotes(std::string_view html) {
  std::string out;
  out.reserve(html.size() + html.size() / 16);
  QuoteSetter setter;
  std::size_t last_close = html.rfind('>');
  std::size_t begin = 0;
  for (std::size_t i = html.find('<'); i != std::string_view::npos; i = html.find('<', i)) {
    std::size_t end = tag_end(html, i, last_close);
    if (end == i) break;
    setter.text(out, html.substr(begin, i - begin));
    setter.tag(out, html.substr(i, end - i));
    begin = i = end;
  }
  setter.text(out, html.substr(begin));
  return out;
}

std::string straighten_addresses(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t position = 0;  // of what is not in `out` yet
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', position)) {
    std::size_t begin = at;
    while (begin > position && space_length_before(text, begin) == 0) --begin;
    std::size_t end = at;
    while (end < text.size() && space_length_at(text, end) == 0) ++end;
    std::string_view run = text.substr(begin, end - begin);
    std::size_t inner = run.find('@', 1);
    out.append(text, position, begin - position);
    if (inner != std::string_view::npos && inner + 1 < run.size()) {
      out += replace_all(replace_all(run, "‘", "'"), "’", "'");
    } else {
      out += run;
    }
    position = end;
  }
  return out.append(text, position);
}

std::string nice_typography(std::string html) {
  // Each pass copies, so those that have nothing to do are left out.
  auto has = [&](char c) { return html.find(c) != std::string::npos; };
  if (has(',') || has('.')) html = tidy_punctuation(html);
  if (has('"') || has('\'') || has('\\')) html = curly_quotes(html);
  if (has('@')) html = straighten_addresses(html);
  if (has('-') || has('\xE2')) html = en_dashes(html);
  return html;
}

}  // namespace postroom::content
