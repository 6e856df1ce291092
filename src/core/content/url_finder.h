// Finds pieces of a text that mail programs and phones would make links of.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace postroom::content {

// A piece has an optional "http://" or "https://" (any case), labels with dots, a top-level domain of letters, and
// optionally a path; it is no part of an email address. Works run by run (word characters, '-' and '.'), so that
// time stays linear. The text must outlive the finder.
class UrlFinder {
 public:
  explicit UrlFinder(std::string_view text) : text_(text) {}

  struct Piece {
    std::size_t begin;
    std::size_t host;  // past the scheme
    std::size_t end;
  };

  // The next piece at or after `from`, which is where the piece before ended.
  std::optional<Piece> next(std::size_t from);

 private:
  struct Dot {
    std::size_t at;
    std::size_t host_end;  // of the longest host that passes the dot
  };

  bool word_at(std::size_t i) const;
  bool word_before(std::size_t i) const;
  bool may_begin(std::size_t i) const;
  std::size_t scheme_length(std::size_t i) const;
  std::size_t top_level_end(std::size_t i) const;
  void read_run(std::size_t i);
  std::size_t host_end(std::size_t i);
  std::size_t path_end(std::size_t end) const;

  std::string_view text_;
  std::size_t run_begin_ = 0;
  std::size_t run_end_ = 0;
  std::vector<Dot> dots_;
};

}  // namespace postroom::content
