#include "core/content/markdown_block_scan.h"

#include <algorithm>

#include "base/text.h"
#include "core/content/text_rules.h"

namespace postroom::content::markdown {
namespace {

constexpr std::string_view kBullet = "•";
constexpr std::size_t kIndent = 4;  // blanks of an indented block

bool is_rule_character(char c) { return c == '-' || c == '*' || c == '_'; }

// Bytes of a list marker: •, *, - or digits and a dot.
std::size_t bare_marker_length(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == '*' || text[0] == '-') return 1;
  if (text.starts_with(kBullet)) return kBullet.size();
  std::size_t digits = 0;
  while (digits < text.size() && is_ascii_digit(text[digits])) ++digits;
  return digits > 0 && digits < text.size() && text[digits] == '.' ? digits + 1 : 0;
}

bool only_blanks(std::string_view text) { return text.find_first_not_of(' ') == std::string_view::npos; }

// Three or more rule characters, blanks between them, to the end of the line.
bool is_rule(std::string_view line) {
  std::size_t marks = 0;
  for (char c : line) {
    if (is_rule_character(c)) {
      ++marks;
    } else if (c != ' ' || marks == 0) {
      return false;
    }
  }
  return marks >= 3;
}

// "| :--- | ---": at least one - or : before the first bar for bare tables, then only these characters.
bool is_table_separator(std::string_view line, bool barred) {
  std::size_t i = line.find_first_not_of(' ');
  if (i == std::string_view::npos) return false;
  if (barred) {
    if (line[i] != '|') return false;
    i = line.find_first_not_of(' ', i + 1);
    if (i == std::string_view::npos || (line[i] != '-' && line[i] != ':')) return false;
  } else {
    if (line[i] != '-' && line[i] != ':') return false;
    i = line.find_first_not_of("-:", i);
    i = line.find_first_not_of(' ', std::min(i, line.size()));
    if (i == std::string_view::npos || line[i] != '|') return false;
  }
  return line.find_first_not_of("-| :", i) == std::string_view::npos;
}

}  // namespace

BlockScanner::BlockScanner(std::string_view text)
    : text_(text), trailing_space_(trailing_space_begin(text)), html_(text), unclosed_{kNoMatch, kNoMatch} {}

std::size_t BlockScanner::line_end(std::size_t at) const { return std::min(text_.find('\n', at), text_.size()); }

std::size_t BlockScanner::skip_blanks(std::size_t at) const {
  while (at < text_.size() && text_[at] == ' ') ++at;
  return at;
}

std::size_t BlockScanner::skip_line_feeds(std::size_t at) const {
  while (at < text_.size() && text_[at] == '\n') ++at;
  return at;
}

std::size_t BlockScanner::blank_at(std::size_t at) const {
  std::size_t end = skip_line_feeds(at);
  return end == at ? kNoMatch : end;
}

std::size_t BlockScanner::rule_at(std::size_t at) const {
  std::size_t begin = skip_blanks(at);
  if (begin - at > 3) return kNoMatch;
  std::size_t end = line_end(begin);
  return is_rule(text_.substr(begin, end - begin)) ? skip_line_feeds(end) : kNoMatch;
}

std::size_t BlockScanner::indented_at(std::size_t at) const {
  std::size_t end = at;
  while (skip_blanks(end) >= end + kIndent) {
    std::size_t line = line_end(end);
    if (line == end + kIndent) break;
    end = skip_line_feeds(line);
  }
  return end == at ? kNoMatch : end;
}

std::size_t BlockScanner::fence_at(std::size_t at, std::string_view& content) {
  std::size_t begin = skip_blanks(at);
  if (begin >= text_.size() || (text_[begin] != '`' && text_[begin] != '~')) return kNoMatch;
  char mark = text_[begin];
  std::size_t& unclosed = unclosed_[mark == '`' ? 0 : 1];
  std::size_t run_end = std::min(text_.find_first_not_of(mark, begin), text_.size());
  std::size_t length = run_end - begin;
  if (length < 3 || length >= unclosed) return kNoMatch;
  std::size_t first_line = line_end(run_end);
  if (first_line == text_.size()) return kNoMatch;
  std::string_view word = text_.substr(run_end, first_line - run_end);
  word = word.substr(std::min(word.find_first_not_of(' '), word.size()));
  while (word.ends_with(' ')) word.remove_suffix(1);
  if (word.find('`') != std::string_view::npos || word.find(' ') != std::string_view::npos) return kNoMatch;
  // The closing fence may follow text on its line; only blanks may follow it.
  std::size_t body = first_line + 1;
  for (std::size_t i = body; i < text_.size();) {
    i = text_.find(mark, i);
    if (i == std::string_view::npos) break;
    std::size_t end = std::min(text_.find_first_not_of(mark, i), text_.size());
    std::size_t after = skip_blanks(end);
    bool ends_line = after == text_.size() || text_[after] == '\n';
    std::size_t closing = std::max(i, body + 1);  // at least one character of content
    if (ends_line && end >= closing + length) {
      std::size_t content_end = end - length > i ? end - length : i;
      content = text_.substr(body, content_end - body);
      std::string_view trimmed = content.substr(0, std::max<std::size_t>(trailing_space_begin(content), 1));
      content = trimmed;
      return skip_line_feeds(after);
    }
    i = end;
  }
  unclosed = length;
  return kNoMatch;
}

std::size_t BlockScanner::heading_at(std::size_t at, int& level, std::string_view& content) const {
  std::size_t begin = skip_blanks(at);
  std::size_t end = line_end(begin);
  std::size_t hashes = begin;
  while (hashes < end && text_[hashes] == '#' && hashes - begin < 6) ++hashes;
  if (hashes == begin) return kNoMatch;
  if (hashes == end && hashes - begin > 1) --hashes;  // the text needs one character
  if (hashes == end) return kNoMatch;
  level = static_cast<int>(hashes - begin);
  std::size_t text_begin = std::min(skip_blanks(hashes), end - 1);
  std::size_t text_end = end;
  while (text_end > text_begin && text_[text_end - 1] == ' ') --text_end;
  while (text_end > text_begin && text_[text_end - 1] == '#') --text_end;
  while (text_end > text_begin && text_[text_end - 1] == ' ') --text_end;
  text_end = std::max(text_end, text_begin + 1);
  content = text_.substr(text_begin, text_end - text_begin);
  return skip_line_feeds(end);
}

std::size_t BlockScanner::underlined_at(std::size_t at, int& level, std::string_view& content) const {
  std::size_t end = line_end(at);
  if (end == at || end == text_.size()) return kNoMatch;
  std::string_view under = line_at(end + 1);
  std::size_t begin = under.find_first_not_of(' ');
  if (begin == std::string_view::npos || (under[begin] != '=' && under[begin] != '-')) return kNoMatch;
  std::size_t after = std::min(under.find_first_not_of("=-", begin), under.size());
  if (!only_blanks(under.substr(after))) return kNoMatch;
  level = under[after - 1] == '=' ? 1 : 2;
  content = text_.substr(at, end - at);
  return skip_line_feeds(end + 1 + under.size());
}

std::size_t BlockScanner::table_rows_end(std::size_t at, bool barred) const {
  while (at < text_.size()) {
    std::string_view row = line_at(at);
    std::size_t bar = barred ? row.find_first_not_of(' ') : row.find('|');
    if (bar == std::string_view::npos || row[bar] != '|') break;
    at = std::min(at + row.size() + 1, text_.size());
  }
  return skip_line_feeds(at);
}

std::size_t BlockScanner::bare_table_at(std::size_t at) const {
  std::string_view header = line_at(at);
  std::size_t first = header.find_first_not_of(' ');
  if (first == std::string_view::npos || space_length_at(header, first) != 0) return kNoMatch;
  if (header.find('|', first + 1) == std::string_view::npos) return kNoMatch;
  std::size_t separator = at + header.size() + 1;
  if (separator >= text_.size() || !is_table_separator(line_at(separator), false)) return kNoMatch;
  std::size_t end = line_end(separator);
  return end == text_.size() ? kNoMatch : table_rows_end(end + 1, false);
}

std::size_t BlockScanner::barred_table_at(std::size_t at) const {
  std::string_view header = line_at(at);
  std::size_t first = header.find_first_not_of(' ');
  if (first == std::string_view::npos || header[first] != '|' || first + 1 >= header.size()) return kNoMatch;
  std::size_t separator = at + header.size() + 1;
  if (separator >= text_.size() || !is_table_separator(line_at(separator), true)) return kNoMatch;
  std::size_t end = line_end(separator);
  return end == text_.size() ? kNoMatch : table_rows_end(end + 1, true);
}

std::size_t BlockScanner::inset_at(std::size_t at) const {
  std::size_t end = at;
  while (true) {
    std::size_t caret = skip_blanks(end);
    if (caret + 1 >= text_.size() || text_[caret] != '^' || text_[caret + 1] == '\n') break;
    end = line_end(caret);
    while (end + 1 < text_.size() && text_[end + 1] != '\n') end = line_end(end + 1);
    end = skip_line_feeds(end);
  }
  return end == at ? kNoMatch : end;
}

std::size_t BlockScanner::marker_length(std::string_view line, std::size_t& characters) {
  std::size_t blanks = std::min(line.find_first_not_of(' '), line.size());
  std::size_t marker = bare_marker_length(line.substr(blanks));
  if (marker == 0) return 0;
  characters = blanks + (line.substr(blanks).starts_with(kBullet) ? 1 : marker);
  return blanks + marker;
}

// Whether the line feeds at `line_feeds` end the list with the given indentation.
bool BlockScanner::list_ends_at(std::size_t line_feeds, std::string_view indent, std::size_t& end) const {
  std::size_t next = skip_line_feeds(line_feeds);
  std::string_view rest = text_.substr(next);
  std::string_view line = line_at(next);
  end = next;
  bool indented_rule = line.starts_with(indent) && is_rule(line.substr(indent.size()));
  if (is_rule(line) || indented_rule || definition_at(next)) return true;
  if (next - line_feeds > 2) return true;
  if (next - line_feeds < 2 || rest.starts_with(' ')) return false;
  if (!rest.starts_with(indent)) return true;
  std::string_view item = rest.substr(indent.size());
  std::size_t marker = bare_marker_length(item);
  return marker == 0 || marker >= item.size() || item[marker] != ' ';
}

std::size_t BlockScanner::list_at(std::size_t at, bool& ordered) {
  std::size_t characters = 0;
  std::size_t marker = marker_length(line_at(at), characters);
  if (marker == 0 || at + marker >= text_.size()) return kNoMatch;
  std::string_view indent = text_.substr(at, skip_blanks(at) - at);
  ordered = text_[at + marker - 1] == '.';
  // One character belongs to the list whatever it is.
  for (std::size_t i = at + marker + 1; i < text_.size();) {
    i = text_.find('\n', i);
    if (i == std::string_view::npos || i > trailing_space_) break;
    std::size_t end = i;
    if (list_ends_at(i, indent, end)) return end;
    i = std::max(end, i + 1);
  }
  return text_.size();
}

std::vector<std::string_view> BlockScanner::items(std::string_view list) {
  std::vector<std::string_view> result;
  std::size_t begin = 0;
  std::size_t indent = std::min(list.find_first_not_of(' '), list.size());
  for (std::size_t line = list.find('\n'); line != std::string_view::npos; line = list.find('\n', line + 1)) {
    std::string_view next = list.substr(line + 1);
    std::size_t blanks = std::min(next.find_first_not_of(' '), next.size());
    if (blanks != indent || bare_marker_length(next.substr(blanks)) == 0) continue;
    result.push_back(list.substr(begin, line - begin));
    begin = line + 1;
  }
  result.push_back(list.substr(begin));
  return result;
}

std::size_t BlockScanner::html_at(std::size_t at) {
  std::size_t begin = skip_blanks(at);
  if (begin >= text_.size() || text_[begin] != '<') return kNoMatch;
  return html_.block_end(begin);
}

std::size_t BlockScanner::link_definition_at(std::size_t at, std::string& name, LinkTarget& target) const {
  std::size_t open = skip_blanks(at);
  if (open >= text_.size() || text_[open] != '[') return kNoMatch;
  std::string_view bounded = text_.substr(0, std::min(text_.size(), open + kReferenceNameMax + 2));
  std::size_t close = bounded.find_first_of("^]", open + 1);
  if (close == std::string_view::npos || text_[close] != ']' || close == open + 1) return kNoMatch;
  if (close + 1 >= text_.size() || text_[close + 1] != ':') return kNoMatch;
  std::size_t begin = skip_blanks(close + 2);
  if (begin < text_.size() && text_[begin] == '<') ++begin;
  std::size_t end = begin;
  while (end < text_.size() && text_[end] != '>' && space_length_at(text_, end) == 0) ++end;
  if (end == begin) return kNoMatch;
  std::size_t after = end < text_.size() && text_[end] == '>' ? end + 1 : end;
  std::size_t line = line_end(after);
  std::string_view rest = text_.substr(after, line - after);
  if (!only_blanks(rest)) {
    std::size_t quote = rest.find_first_not_of(' ');
    std::size_t last = rest.find_last_not_of(' ');
    bool titled = quote > 0 && (rest[quote] == '"' || rest[quote] == '(') && last > quote + 1 &&
                  (rest[last] == '"' || rest[last] == ')');
    if (!titled) return kNoMatch;
    target.title = std::string(rest.substr(quote + 1, last - quote - 1));
  }
  name = reference_name(text_.substr(open + 1, close - open - 1));
  target.target = std::string(text_.substr(begin, end - begin));
  return skip_line_feeds(line);
}

std::size_t BlockScanner::note_definition_at(std::size_t at, std::string& name, std::string_view& content) const {
  if (!text_.substr(at).starts_with("[^")) return kNoMatch;
  std::string_view bounded = text_.substr(0, std::min(text_.size(), at + kReferenceNameMax + 3));
  std::size_t close = bounded.find(']', at + 2);
  if (close == std::string_view::npos || close == at + 2) return kNoMatch;
  if (close + 1 >= text_.size() || text_[close + 1] != ':') return kNoMatch;
  std::size_t begin = skip_blanks(close + 2);
  std::size_t end = skip_line_feeds(line_end(begin));
  while (end < text_.size() && text_[end] == ' ') end = skip_line_feeds(line_end(end));
  name = reference_name(text_.substr(at + 2, close - at - 2));
  content = text_.substr(begin, end - begin);
  return end;
}

bool BlockScanner::definition_at(std::size_t at) const {
  std::string name;
  LinkTarget target;
  std::string_view content;
  std::size_t first = skip_blanks(at);
  if (first >= text_.size() || text_[first] != '[') return false;
  return link_definition_at(at, name, target) != kNoMatch || note_definition_at(at, name, content) != kNoMatch;
}

// *, +, - or digits and a dot, then a blank and more: only these interrupt a paragraph.
bool BlockScanner::spaced_marker_at(std::size_t at) const {
  std::size_t i = skip_blanks(at);
  if (i < text_.size() && (text_[i] == '*' || text_[i] == '+' || text_[i] == '-')) {
    ++i;
    std::size_t digits = i;
    while (digits < text_.size() && is_ascii_digit(text_[digits])) ++digits;
    if (digits > i && digits < text_.size() && text_[digits] == '.') i = digits + 1;
  } else {
    std::size_t length = bare_marker_length(text_.substr(i));
    if (length == 0 || !is_ascii_digit(text_[i])) return false;
    i += length;
  }
  return i + 1 < text_.size() && text_[i] == ' ';
}

bool BlockScanner::interrupts_paragraph(std::size_t at) {
  int level = 0;
  std::string_view content;
  std::size_t first = skip_blanks(at);
  if (first >= text_.size()) return false;
  if (text_[first] == '>' && first + 1 < text_.size() && text_[first + 1] != '\n') return true;
  return rule_at(at) != kNoMatch || spaced_marker_at(at) || heading_at(at, level, content) != kNoMatch ||
         underlined_at(at, level, content) != kNoMatch || definition_at(at) || html_.block_tag_at(at) ||
         fence_at(at, content) != kNoMatch;
}

std::size_t BlockScanner::paragraph_at(std::size_t at, std::string_view& content) {
  std::size_t end = line_end(at);
  if (end == at) return kNoMatch;
  while (end + 1 < text_.size() && text_[end + 1] != '\n' && !interrupts_paragraph(end + 1))
    end = line_end(end + 1);
  content = text_.substr(at, end - at);
  return skip_line_feeds(end);
}

}  // namespace postroom::content::markdown
