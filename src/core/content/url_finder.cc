#include "core/content/url_finder.h"

#include <algorithm>

#include "base/text.h"
#include "core/content/text_rules.h"

namespace postroom::content {
namespace {

constexpr std::size_t kTopLevelMin = 2;
constexpr std::size_t kTopLevelMax = 63;
constexpr std::size_t kNone = std::string_view::npos;

std::size_t after(std::string_view text, std::size_t i) {
  next_code_point(text, i);
  return i;
}

}  // namespace

std::optional<UrlFinder::Piece> UrlFinder::next(std::size_t from) {
  for (std::size_t i = from; i < text_.size(); i = after(text_, i)) {
    if (!may_begin(i)) continue;
    std::size_t host = i + scheme_length(i);
    std::size_t end = host_end(host);
    if (end == kNone && host != i) {
      host = i;
      end = host_end(i);
    }
    if (end != kNone) return Piece{i, host, path_end(end)};
  }
  return std::nullopt;
}

bool UrlFinder::word_at(std::size_t i) const {
  return i < text_.size() && is_word_character(next_code_point(text_, i));
}

bool UrlFinder::word_before(std::size_t i) const {
  if (i == 0) return false;
  std::size_t begin = i - 1;
  while (begin > 0 && (static_cast<unsigned char>(text_[begin]) & 0xC0) == 0x80) --begin;
  return word_at(begin);
}

// At a word boundary, and not inside an email address or after a dot.
bool UrlFinder::may_begin(std::size_t i) const {
  if (i > 0 && (text_[i - 1] == '@' || text_[i - 1] == '.')) return false;
  return word_at(i) != word_before(i);
}

std::size_t UrlFinder::scheme_length(std::size_t i) const {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (equals_ignoring_case(text_.substr(i, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

// Past the top-level domain that begins at `i`.
std::size_t UrlFinder::top_level_end(std::size_t i) const {
  std::size_t end = i;
  while (end < text_.size() && is_ascii_alpha(text_[end])) ++end;
  if (end - i < kTopLevelMin || end - i > kTopLevelMax || word_at(end)) return kNone;
  return end < text_.size() && text_[end] == '@' ? kNone : end;
}

// Lists the dots of the run of labels around `i`.
void UrlFinder::read_run(std::size_t i) {
  dots_.clear();
  run_end_ = i;
  while (run_end_ < text_.size() && (text_[run_end_] == '.' || text_[run_end_] == '-' || word_at(run_end_))) {
    if (text_[run_end_] == '.') dots_.push_back({run_end_, kNone});
    run_end_ = after(text_, run_end_);
  }
  for (std::size_t d = dots_.size(); d-- > 0;) {
    bool continues = d + 1 < dots_.size() && dots_[d + 1].at > dots_[d].at + 1;
    if (continues) dots_[d].host_end = dots_[d + 1].host_end;
    if (dots_[d].host_end == kNone) dots_[d].host_end = top_level_end(dots_[d].at + 1);
  }
}

std::size_t UrlFinder::host_end(std::size_t i) {
  if (i >= run_end_ || i < run_begin_) {
    run_begin_ = i;
    read_run(i);
  }
  auto dot = std::ranges::lower_bound(dots_, i, {}, &Dot::at);
  return dot == dots_.end() || dot->at == i ? kNone : dot->host_end;
}

std::size_t UrlFinder::path_end(std::size_t end) const {
  if (end >= text_.size() || std::string_view("/?#").find(text_[end]) == std::string_view::npos) return end;
  while (end < text_.size() && text_[end] != '<' && space_length_at(text_, end) == 0) ++end;
  return end;
}

}  // namespace postroom::content
