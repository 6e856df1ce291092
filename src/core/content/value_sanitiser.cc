#include "core/content/value_sanitiser.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "core/content/personalisation.h"
#include "core/content/text_rules.h"

namespace postroom::content {
namespace {

constexpr std::string_view kMarkdownCharacters = "`*_()\\{}[]<>#+-.!|";
constexpr std::size_t kTopLevelMin = 2;
constexpr std::size_t kTopLevelMax = 63;
constexpr std::size_t kNone = std::string_view::npos;

// Finds pieces that mail programs would make links of: labels and dots, a top-level domain of letters, and
// optionally a path. Works run by run (word characters, '-' and '.'), so that time stays linear.
class UrlFinder {
 public:
  explicit UrlFinder(std::string_view text) : text_(text) {}

  struct Piece {
    std::size_t begin;
    std::size_t end;
  };

  // The next piece at or after `from`, which is where the piece before ended.
  std::optional<Piece> next(std::size_t from) {
    for (std::size_t i = from; i < text_.size(); i = after(i)) {
      if (!may_begin(i)) continue;
      std::size_t host = i + scheme_length(i);
      std::size_t end = host_end(host);
      if (end == kNone && host != i) end = host_end(i);
      if (end != kNone) return Piece{i, path_end(end)};
    }
    return std::nullopt;
  }

 private:
  std::size_t after(std::size_t i) const {
    next_code_point(text_, i);
    return i;
  }
  bool word_at(std::size_t i) const { return i < text_.size() && is_word_character(next_code_point(text_, i)); }

  bool word_before(std::size_t i) const {
    if (i == 0) return false;
    std::size_t begin = i - 1;
    while (begin > 0 && (static_cast<unsigned char>(text_[begin]) & 0xC0) == 0x80) --begin;
    return word_at(begin);
  }

  // At a word boundary, and not inside an email address or after a dot.
  bool may_begin(std::size_t i) const {
    if (i > 0 && (text_[i - 1] == '@' || text_[i - 1] == '.')) return false;
    return word_at(i) != word_before(i);
  }

  std::size_t scheme_length(std::size_t i) const {
    for (std::string_view scheme : {"http://", "https://"}) {
      if (equals_ignoring_case(text_.substr(i, scheme.size()), scheme)) return scheme.size();
    }
    return 0;
  }

  // Past the top-level domain that begins at `i`.
  std::size_t top_level_end(std::size_t i) const {
    std::size_t end = i;
    while (end < text_.size() && is_ascii_alpha(text_[end])) ++end;
    if (end - i < kTopLevelMin || end - i > kTopLevelMax || word_at(end)) return kNone;
    return end < text_.size() && text_[end] == '@' ? kNone : end;
  }

  // Lists the dots of the run of labels around `i`, each with the end of the longest host that passes it.
  void read_run(std::size_t i) {
    dots_.clear();
    run_end_ = i;
    while (run_end_ < text_.size() && (text_[run_end_] == '.' || text_[run_end_] == '-' || word_at(run_end_))) {
      if (text_[run_end_] == '.') dots_.push_back({run_end_, kNone});
      run_end_ = after(run_end_);
    }
    for (std::size_t d = dots_.size(); d-- > 0;) {
      bool continues = d + 1 < dots_.size() && dots_[d + 1].at > dots_[d].at + 1;
      if (continues) dots_[d].host_end = dots_[d + 1].host_end;
      if (dots_[d].host_end == kNone) dots_[d].host_end = top_level_end(dots_[d].at + 1);
    }
  }

  std::size_t host_end(std::size_t i) {
    if (i >= run_end_ || i < run_begin_) {
      run_begin_ = i;
      read_run(i);
    }
    auto dot = std::ranges::lower_bound(dots_, i, {}, &Dot::at);
    return dot == dots_.end() || dot->at == i ? kNone : dot->host_end;
  }

  std::size_t path_end(std::size_t end) const {
    if (end >= text_.size() || std::string_view("/?#").find(text_[end]) == std::string_view::npos) return end;
    while (end < text_.size() && text_[end] != '<' && space_length_at(text_, end) == 0) ++end;
    return end;
  }

  struct Dot {
    std::size_t at;
    std::size_t host_end;
  };

  std::string_view text_;
  std::size_t run_begin_ = 0;
  std::size_t run_end_ = 0;
  std::vector<Dot> dots_;
};

bool is_bare_domain(std::string_view piece) {
  return std::ranges::all_of(piece, [](char c) { return is_ascii_alnum(c) || c == '.' || c == '-'; });
}

std::string without_links(std::string_view value) {
  std::string out;
  UrlFinder finder(value);
  std::size_t position = 0;
  while (auto piece = finder.next(position)) {
    out += value.substr(position, piece->begin - position);
    std::string_view url = value.substr(piece->begin, piece->end - piece->begin);
    if (is_bare_domain(url)) out += replace_all(url, ".", ". ");
    position = piece->end;
  }
  out += value.substr(position);
  return out;
}

}  // namespace

std::string sanitise_value(std::string_view value) {
  std::string out;
  for (char c : without_links(value)) {
    if (kMarkdownCharacters.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::vector<SanitisedValue> sanitise_content_for(json::object& personalisation,
                                                 const std::vector<std::string>& names) {
  std::unordered_set<std::string> keys;
  for (const std::string& name : names) keys.insert(personalisation_key(name));
  std::vector<SanitisedValue> changed;
  for (auto& member : personalisation) {
    if (!member.value().is_string() || !keys.contains(personalisation_key(member.key()))) continue;
    std::string_view value = member.value().get_string();
    std::string sanitised = sanitise_value(value);
    if (sanitised == value) continue;
    changed.push_back({std::string(member.key()), std::string(value), sanitised});
    member.value() = sanitised;
  }
  return changed;
}

}  // namespace postroom::content
