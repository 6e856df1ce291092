#include "core/content/markdown_html.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "core/content/markdown.h"
#include "core/content/text_rules.h"

namespace postroom::content::markdown {
namespace {

constexpr std::string_view kCommentEnd = "-->";

constexpr std::array<std::string_view, 32> kInlineTags = {
    "a",    "em",  "strong", "small", "s",    "cite", "q",   "dfn", "abbr", "data", "time",
    "code", "var", "samp",   "kbd",   "sub",  "sup",  "i",   "b",   "u",    "mark", "ruby",
    "rt",   "rp",  "bdi",    "bdo",   "span", "br",   "wbr", "ins", "del",  "img"};

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (std::size_t length = space_length_at(text, at)) at += length;
  return at;
}

std::size_t word_end(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    std::size_t next = at;
    if (!is_word_character(next_code_point(text, next))) break;
    at = next;
  }
  return at;
}

// "<name@host>" and "<http://…>" are no tags.
bool is_address_tail(std::string_view text, std::size_t at) {
  if (text.substr(at).starts_with(":/")) return true;
  while (at < text.size() && text[at] != '@') {
    if (space_length_at(text, at) != 0 || is_ascii_alnum(text[at]) || text[at] == '_' ||
        static_cast<unsigned char>(text[at]) >= 0x80) {
      return false;
    }
    ++at;
  }
  return at < text.size();
}

// Past "= value"; `at` itself when none follows.
std::size_t attribute_value_end(std::string_view text, std::size_t at) {
  std::size_t i = skip_space(text, at);
  if (i >= text.size() || text[i] != '=') return at;
  i = skip_space(text, i + 1);
  if (i >= text.size()) return at;
  if (text[i] == '"' || text[i] == '\'') {
    std::size_t close = text.find(text[i], i + 1);
    return close == std::string_view::npos ? at : close + 1;
  }
  std::size_t end = i;
  while (end < text.size() && text[end] != '\'' && text[end] != '"' && text[end] != '>' &&
         space_length_at(text, end) == 0) {
    ++end;
  }
  return end == i ? at : end;
}

}  // namespace

HtmlScanner::HtmlScanner(std::string_view text) : text_(text), trailing_space_(trailing_space_begin(text)) {}

bool HtmlScanner::read_tag(std::size_t at, Tag& tag) const {
  std::string_view text = text_.substr(0, std::min(text_.size(), at + kTagBytesMax));
  std::size_t name_end = word_end(text, at + 1);
  if (name_end == at + 1 || is_address_tail(text, name_end)) return false;
  tag.name = text.substr(at + 1, name_end - at - 1);
  std::size_t i = name_end;
  while (true) {
    std::size_t next = skip_space(text, i);
    if (next >= text.size() || (!is_ascii_alpha(text[next]) && text[next] != '-')) break;
    i = attribute_value_end(text, next + 1);
  }
  tag.attributes_end = i;
  return true;
}

std::size_t HtmlScanner::after_tag(const Tag& tag) const {
  std::string_view bounded = text_.substr(0, std::min(text_.size(), tag.attributes_end + kTagBytesMax));
  std::size_t i = skip_space(bounded, tag.attributes_end);
  if (i < text_.size() && text_[i] == '/') ++i;
  return i < text_.size() && text_[i] == '>' ? i + 1 : kNoMatch;
}

std::size_t HtmlScanner::block_tail(std::size_t at) const {
  while (at < text_.size() && text_[at] == ' ') ++at;
  if (text_.substr(at).starts_with("\n\n")) {
    while (at < text_.size() && text_[at] == '\n') ++at;
    return at;
  }
  return at >= trailing_space_ ? text_.size() : kNoMatch;
}

void HtmlScanner::index() {
  if (indexed_) return;
  indexed_ = true;
  auto add = [&](std::string_view name, std::size_t end) {
    closings_[name].push_back(end);
    if (block_tail(end) != kNoMatch) block_closings_[name].push_back(end);
  };
  for (std::size_t i = text_.find('>'); i != std::string_view::npos; i = text_.find('>', i + 1)) {
    if (i >= 2 && text_.substr(i - 2, 3) == kCommentEnd) add(kCommentEnd, i + 1);
  }
  for (std::size_t i = text_.find("</"); i != std::string_view::npos; i = text_.find("</", i + 2)) {
    std::size_t end = word_end(text_, i + 2);
    if (end > i + 2 && end < text_.size() && text_[end] == '>') add(text_.substr(i + 2, end - i - 2), end + 1);
  }
}

std::size_t HtmlScanner::closing_after(std::string_view name, std::size_t at, bool ends_block) {
  index();
  const auto& lists = ends_block ? block_closings_ : closings_;
  auto list = lists.find(name);
  if (list == lists.end()) return kNoMatch;
  std::size_t length = name == kCommentEnd ? name.size() : name.size() + 3;
  auto found = std::ranges::lower_bound(list->second, at + length);
  return found == list->second.end() ? kNoMatch : *found;
}

std::size_t HtmlScanner::inline_end(std::size_t at) {
  if (text_.substr(at).starts_with("<!--")) {
    std::size_t end = closing_after(kCommentEnd, at + 4, false);
    if (end != kNoMatch) return end;
  }
  Tag tag;
  if (!read_tag(at, tag)) return kNoMatch;
  std::size_t open_end = skip_space(text_, tag.attributes_end);
  if (open_end < text_.size() && text_[open_end] == '>') {
    std::size_t end = closing_after(tag.name, open_end + 1, false);
    if (end != kNoMatch) return end;
  }
  return after_tag(tag);
}

bool HtmlScanner::block_tag_at(std::size_t at) const {
  if (at >= text_.size() || text_[at] != '<') return false;
  std::size_t name_end = word_end(text_, at + 1);
  if (name_end == at + 1 || is_address_tail(text_.substr(0, std::min(text_.size(), at + kTagBytesMax)), name_end)) {
    return false;
  }
  std::string_view name = text_.substr(at + 1, name_end - at - 1);
  return name != "font" && std::ranges::find(kInlineTags, name) == kInlineTags.end();
}

std::size_t HtmlScanner::block_end(std::size_t at) {
  if (at >= text_.size() || text_[at] != '<') return kNoMatch;
  if (text_.substr(at).starts_with("<!--")) {
    std::size_t end = closing_after(kCommentEnd, at + 4, true);
    return end == kNoMatch ? kNoMatch : block_tail(end);
  }
  Tag tag;
  if (!block_tag_at(at) || !read_tag(at, tag)) return kNoMatch;
  if (tag.attributes_end < text_.size() && text_[tag.attributes_end] == '>') {
    std::size_t end = closing_after(tag.name, tag.attributes_end + 1, true);
    if (end != kNoMatch) return block_tail(end);
  }
  std::size_t end = after_tag(tag);
  return end == kNoMatch ? kNoMatch : block_tail(end);
}

}  // namespace postroom::content::markdown
