// Recognises HTML inside Markdown. Internal to the parser.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::content::markdown {

inline constexpr std::size_t kNoMatch = std::string_view::npos;

// Finds tags, elements and comments in one text. The places of closing tags are listed once, so that each search
// for one takes logarithmic time.
class HtmlScanner {
 public:
  explicit HtmlScanner(std::string_view text);

  // Past the comment, element or tag that begins at `at`.
  std::size_t inline_end(std::size_t at);
  // Past a block of HTML (with the blank lines after it) that begins at `at`, where blanks were skipped.
  std::size_t block_end(std::size_t at);
  // A tag of a block element begins at `at`.
  bool block_tag_at(std::size_t at) const;

 private:
  struct Tag {
    std::string_view name;
    std::size_t attributes_end = 0;
  };

  bool read_tag(std::size_t at, Tag& tag) const;
  std::size_t after_tag(const Tag& tag) const;  // past "/>" or ">"
  void index();
  std::size_t block_tail(std::size_t at) const;  // past " *(\n\n+|end)"
  std::size_t closing_after(std::string_view name, std::size_t at, bool ends_block);

  std::string_view text_;
  std::size_t trailing_space_;
  bool indexed_ = false;
  std::map<std::string_view, std::vector<std::size_t>, std::less<>> closings_;        // past "</name>"
  std::map<std::string_view, std::vector<std::size_t>, std::less<>> block_closings_;  // those that end a block
};

}  // namespace postroom::content::markdown
