#include "core/content/markdown_inline.h"

#include <algorithm>

#include "base/text.h"
#include "core/content/markdown_html.h"
#include "core/content/text_rules.h"

namespace postroom::content::markdown {
namespace {

constexpr std::string_view kEscapable = "\\`*{}[]()#+-.!_>~|";
// Link texts inside link texts; deeper ones are shown as typed.
constexpr int kLinkTextDepthMax = 3;

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (std::size_t length = space_length_at(text, at)) at += length;
  return at;
}

bool is_name_byte(char c) { return is_ascii_alnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

// Appends text as HTML. An & that begins a reference was escaped before, or is meant as one.
void append_text(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      std::size_t end = i + 1;
      if (end < text.size() && text[end] == '#') ++end;
      std::size_t name = end;
      while (end < text.size() && is_name_byte(text[end])) ++end;
      out += end > name && end < text.size() && text[end] == ';' ? "&" : "&amp;";
      out += text.substr(i + 1, end - i - 1);
      i = end - 1;
    } else {
      out += c;
    }
  }
}

Inline make_inline(Inline::Kind kind, std::string text) {
  return {.kind = kind, .text = std::move(text), .title = {}, .children = {}};
}

// The next place at or after a position that fulfils a predicate; remembers the last answer, so that positions
// that mostly grow cost linear time in total.
class NextPlace {
 public:
  template <typename Predicate>
  std::size_t find(std::string_view text, std::size_t from, Predicate fulfils) {
    if (!known_ || from < begin_ || place_ < from) {
      begin_ = place_ = from;
      while (place_ < text.size() && !fulfils(place_)) ++place_;
      known_ = true;
    }
    return place_ < text.size() ? place_ : kNoMatch;
  }

 private:
  std::size_t begin_ = 0;
  std::size_t place_ = 0;
  bool known_ = false;
};

class InlineParser {
 public:
  InlineParser(std::string_view text, Definitions& definitions, bool in_note, int link_depth)
      : text_(text), definitions_(definitions), html_(text), in_note_(in_note), link_depth_(link_depth) {
    while (text_.ends_with('\n')) text_.remove_suffix(1);
    trailing_space_ = trailing_space_begin(text_);
  }

  std::vector<Inline> parse() {
    while (position_ < text_.size()) step();
    flush();
    return std::move(out_);
  }

 private:
  bool in_link() const { return link_depth_ > 0; }

  void step() {
    char c = text_[position_];
    bool done = false;
    switch (c) {
      case '\\': done = escape(); break;
      case '<': done = html() || autolink(); break;
      case 'h': done = url(); break;
      case '[': done = footnote() || link() || reference(); break;
      case '!': done = text_.substr(position_).starts_with("![") && (link() || reference()); break;
      case ' ':
      case '\n': done = line_break(); break;
      default: break;
    }
    if (!done) ++position_;
  }

  // What was passed since the last piece becomes text.
  void flush_pending() {
    append_text(pending_, text_.substr(pending_begin_, position_ - pending_begin_));
    pending_begin_ = position_;
  }

  void flush() {
    flush_pending();
    if (!pending_.empty()) out_.push_back(make_inline(Inline::Kind::text, std::move(pending_)));
    pending_.clear();
  }

  void add(Inline piece, std::size_t end) {
    flush();
    out_.push_back(std::move(piece));
    position_ = pending_begin_ = end;
  }

  void drop_to(std::size_t end) {
    flush_pending();
    position_ = pending_begin_ = end;
  }

  bool escape() {
    if (position_ + 1 >= text_.size() || kEscapable.find(text_[position_ + 1]) == std::string_view::npos)
      return false;
    flush_pending();
    append_text(pending_, text_.substr(position_ + 1, 1));
    position_ += 2;
    pending_begin_ = position_;
    return true;
  }

  bool html() {
    std::size_t end = html_.inline_end(position_);
    if (end == kNoMatch || end > text_.size()) return false;
    add(make_inline(Inline::Kind::raw, std::string(text_.substr(position_, end - position_))), end);
    return true;
  }

  // <mailto:x> or <a@b>.
  bool autolink() {
    std::size_t end =
        next_angle_.find(text_, position_ + 1, [&](std::size_t i) { return text_[i] == ' ' || text_[i] == '>'; });
    if (end == kNoMatch || text_[end] != '>') return false;
    std::string_view body = text_.substr(position_ + 1, end - position_ - 1);
    std::size_t mark = body.find_first_of("@:", 1);
    if (mark == std::string_view::npos || mark + 1 >= body.size()) return false;
    add(make_inline(Inline::Kind::url, std::string(body)), end + 1);
    return true;
  }

  bool url() {
    std::string_view rest = text_.substr(position_);
    std::size_t scheme = rest.starts_with("http://") ? 7 : rest.starts_with("https://") ? 8 : 0;
    if (scheme == 0) return false;
    std::size_t begin = position_ + scheme;
    std::size_t end = begin;
    while (end < text_.size() && text_[end] != '<' && space_length_at(text_, end) == 0) ++end;
    while (end > begin && std::string_view(".,:\"')]").find(text_[end - 1]) != std::string_view::npos) --end;
    std::size_t second = begin;
    if (second < end) next_code_point(text_, second);
    if (second >= end) return false;
    if (in_link()) {
      position_ = end;
      return true;
    }
    add(make_inline(Inline::Kind::url, std::string(text_.substr(position_, end - position_))), end);
    return true;
  }

  bool line_break() {
    std::size_t end = position_;
    while (end < text_.size() && text_[end] == ' ') ++end;
    if (end >= text_.size() || text_[end] != '\n' || end + 1 >= trailing_space_) {
      // The whole run was looked at; its blanks cannot begin anything.
      position_ = std::max(end, position_ + 1);
      return true;
    }
    add(make_inline(Inline::Kind::line_break, {}), end + 1);
    return true;
  }

  bool footnote() {
    if (in_note_ || definitions_.notes.empty()) return false;
    if (position_ + 2 >= text_.size() || text_[position_ + 1] != '^') return false;
    std::string_view body = text_.substr(position_ + 2, kReferenceNameMax + 1);
    std::size_t close = body.find(']');
    if (close == std::string_view::npos || close == 0) return false;
    auto note = definitions_.notes.find(reference_name(body.substr(0, close)));
    if (note == definitions_.notes.end() || note->second != 0) return false;
    note->second = ++definitions_.notes_used;
    drop_to(position_ + close + 3);
    return true;
  }

  // For each position the last ']' that ends a link text which reaches this position, and is followed by what
  // `follows` asks for. A ']' goes on when another one comes before the next '['.
  template <typename Follows>
  std::vector<std::uint32_t> label_ends(Follows follows) const {
    constexpr auto kNone = static_cast<std::uint32_t>(-1);
    std::size_t size = text_.size();
    std::vector<std::uint32_t> best(size + 1, kNone);
    std::size_t next_stop = size;     // next '^' or ']'
    std::size_t next_bracket = size;  // next '[' or ']'
    for (std::size_t i = size; i-- > 0;) {
      char c = text_[i];
      if (c == '[') {
        best[i] = next_stop < size && text_[next_stop] == ']' ? best[next_stop + 1] : kNone;
      } else if (c == ']') {
        bool goes_on = next_bracket < size && text_[next_bracket] == ']';
        best[i] = goes_on ? best[i + 1] : kNone;
        if (best[i] == kNone && follows(i)) best[i] = static_cast<std::uint32_t>(i);
      } else {
        best[i] = best[i + 1];
      }
      if (c == '^' || c == ']') next_stop = i;
      if (c == '[' || c == ']') next_bracket = i;
    }
    return best;
  }

  // The end of the label that begins at `begin` (past its '[').
  static std::size_t label_end(const std::vector<std::uint32_t>& ends, std::size_t begin) {
    std::uint32_t end = begin < ends.size() ? ends[begin] : static_cast<std::uint32_t>(-1);
    return end == static_cast<std::uint32_t>(-1) ? kNoMatch : end;
  }

  bool link() {
    if (!link_ends_) {
      link_ends_.emplace();
      std::size_t last = text_.rfind(')');
      if (last != std::string_view::npos && text_.find("](") != std::string_view::npos) {
        link_ends_ = label_ends([&](std::size_t i) {
          return i + 1 < text_.size() && text_[i + 1] == '(' && skip_space(text_, i + 2) <= last;
        });
      }
    }
    if (link_ends_->empty()) return false;
    std::size_t begin = position_ + (text_[position_] == '!' ? 2 : 1);
    std::size_t close = label_end(*link_ends_, begin);
    if (close == kNoMatch) return false;
    LinkTarget target;
    std::size_t end = read_target(close + 2, target);
    if (end == kNoMatch) return false;
    add_link(begin, close, std::move(target), end);
    return true;
  }

  std::size_t read_target(std::size_t at, LinkTarget& target) {
    std::size_t begin = skip_space(text_, at);
    if (begin < text_.size() && text_[begin] == '<') {
      std::size_t end = read_angle_target(begin + 1, target);
      if (end != kNoMatch) return end;
    }
    std::size_t close = next_close_.find(text_, begin, [&](std::size_t i) { return text_[i] == ')'; });
    if (close == kNoMatch) return kNoMatch;
    std::size_t quote = next_quote_.find(text_, begin + 1, [&](std::size_t i) {
      return (text_[i] == '"' || text_[i] == '\'') && ends_with_space(i);
    });
    if (quote != kNoMatch && quote < close) {
      std::size_t end = read_title(quote, target);
      if (end != kNoMatch) {
        target.target = std::string(trim_space_right(begin, quote));
        return end;
      }
    }
    target.target = std::string(trim_space_right(begin, close));
    return close + 1;
  }

  bool ends_with_space(std::size_t end) const {
    if (end == 0) return false;
    std::size_t begin = end - 1;
    while (begin > 0 && (static_cast<unsigned char>(text_[begin]) & 0xC0) == 0x80) --begin;
    return space_length_at(text_, begin) == end - begin;
  }

  std::string_view trim_space_right(std::size_t begin, std::size_t end) const {
    std::string_view part = text_.substr(begin, end - begin);
    return part.substr(0, trailing_space_begin(part));
  }

  // Title from its opening quote to the first quote that only white space parts from ')'.
  std::size_t read_title(std::size_t quote, LinkTarget& target) {
    std::size_t close = next_title_end_.find(text_, quote + 1, [&](std::size_t i) {
      if (text_[i] != '"' && text_[i] != '\'') return false;
      std::size_t after = skip_space(text_, i + 1);
      return after < text_.size() && text_[after] == ')';
    });
    if (close == kNoMatch) return kNoMatch;
    target.title = std::string(text_.substr(quote + 1, close - quote - 1));
    return skip_space(text_, close + 1) + 1;
  }

  std::size_t read_angle_target(std::size_t begin, LinkTarget& target) {
    std::size_t limit = std::min(text_.size(), begin + kTagBytesMax);
    for (std::size_t i = begin; i < limit; ++i) {
      if (text_[i] != '>') continue;
      std::size_t after = skip_space(text_, i + 1);
      if (after >= text_.size()) return kNoMatch;
      std::size_t end = kNoMatch;
      if (after > i + 1 && (text_[after] == '"' || text_[after] == '\'')) end = read_title(after, target);
      if (end == kNoMatch && text_[after] == ')') end = after + 1;
      if (end == kNoMatch) continue;
      target.target = std::string(text_.substr(begin, i - begin));
      return end;
    }
    return kNoMatch;
  }

  void add_link(std::size_t begin, std::size_t close, LinkTarget target, std::size_t end) {
    if (text_[position_] == '!') {  // an image: not shown
      drop_to(end);
      return;
    }
    std::string_view label = text_.substr(begin, close - begin);
    std::vector<Inline> children;
    if (link_depth_ < kLinkTextDepthMax) {
      children = InlineParser(label, definitions_, in_note_, link_depth_ + 1).parse();
    } else {
      children.push_back(make_inline(Inline::Kind::text, {}));
      append_text(children.back().text, label);
    }
    add({.kind = Inline::Kind::link,
         .text = std::move(target.target),
         .title = std::move(target.title),
         .children = std::move(children)},
        end);
  }

  // [text][name], [name][] and [name].
  bool reference() {
    if (definitions_.links.empty()) return false;
    std::size_t begin = position_ + (text_[position_] == '!' ? 2 : 1);
    if (full_reference(begin)) return true;
    std::size_t i = begin;
    while (i < text_.size() && i - begin <= kReferenceNameMax && text_[i] != ']') {
      if (text_[i] == '[') {
        i = text_.substr(0, std::min(text_.size(), begin + kReferenceNameMax)).find(']', i);
        if (i == std::string_view::npos) return false;
      }
      ++i;
    }
    if (i >= text_.size() || text_[i] != ']') return false;
    return add_reference(text_.substr(begin, i - begin), begin, i, i + 1);
  }

  bool full_reference(std::size_t begin) {
    auto name_end = [&](std::size_t open) {
      return text_.substr(0, std::min(text_.size(), open + kReferenceNameMax)).find_first_of("^]", open + 1);
    };
    if (!reference_ends_) {
      reference_ends_ = label_ends([&](std::size_t i) {
        std::size_t open = skip_space(text_, i + 1);
        if (open >= text_.size() || text_[open] != '[') return false;
        std::size_t close = name_end(open);
        return close != std::string_view::npos && text_[close] == ']';
      });
    }
    std::size_t close = label_end(*reference_ends_, begin);
    if (close == kNoMatch) return false;
    std::size_t open = skip_space(text_, close + 1);
    std::size_t end = name_end(open);
    std::string_view name = text_.substr(open + 1, end - open - 1);
    if (name.empty()) name = text_.substr(begin, close - begin);
    return add_reference(name, begin, close, end + 1);
  }

  bool add_reference(std::string_view name, std::size_t begin, std::size_t close, std::size_t end) {
    if (name.size() > kReferenceNameMax) return false;
    auto found = definitions_.links.find(reference_name(name));
    if (found == definitions_.links.end()) return false;
    add_link(begin, close, found->second, end);
    return true;
  }

  std::string_view text_;
  Definitions& definitions_;
  HtmlScanner html_;
  bool in_note_;
  int link_depth_;
  std::size_t trailing_space_ = 0;
  std::size_t position_ = 0;
  std::size_t pending_begin_ = 0;
  std::string pending_;
  std::vector<Inline> out_;
  std::optional<std::vector<std::uint32_t>> link_ends_;
  std::optional<std::vector<std::uint32_t>> reference_ends_;
  NextPlace next_angle_;
  NextPlace next_close_;
  NextPlace next_quote_;
  NextPlace next_title_end_;
};

}  // namespace

std::string reference_name(std::string_view typed) {
  std::string out;
  bool pending = false;
  std::string lowered = lower_unicode(typed);
  for (std::size_t i = 0; i < lowered.size();) {
    if (std::size_t space = space_length_at(lowered, i)) {
      pending = true;
      i += space;
      continue;
    }
    if (pending) out += ' ';
    pending = false;
    out += lowered[i++];
  }
  if (pending) out += ' ';
  return out;
}

std::vector<Inline> parse_inlines(std::string_view text, Definitions& definitions, bool in_note) {
  return InlineParser(text, definitions, in_note, 0).parse();
}

}  // namespace postroom::content::markdown
