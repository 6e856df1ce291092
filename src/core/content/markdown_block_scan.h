// Recognises the blocks of the Markdown dialect in one text. Internal to the parser. Each *_at function says
// where the block that begins at a line start ends (kNoMatch: there is none) and fills in what it read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/content/markdown_html.h"
#include "core/content/markdown_inline.h"

namespace postroom::content::markdown {

class BlockScanner {
 public:
  explicit BlockScanner(std::string_view text);

  std::string_view text() const { return text_; }

  std::size_t blank_at(std::size_t at) const;  // one or more line feeds
  std::size_t rule_at(std::size_t at) const;
  std::size_t indented_at(std::size_t at) const;
  std::size_t fence_at(std::size_t at, std::string_view& content);
  std::size_t heading_at(std::size_t at, int& level, std::string_view& content) const;
  std::size_t underlined_at(std::size_t at, int& level, std::string_view& content) const;
  std::size_t bare_table_at(std::size_t at) const;
  std::size_t barred_table_at(std::size_t at) const;
  std::size_t inset_at(std::size_t at) const;
  std::size_t list_at(std::size_t at, bool& ordered);
  std::size_t html_at(std::size_t at);
  std::size_t link_definition_at(std::size_t at, std::string& name, LinkTarget& target) const;
  std::size_t note_definition_at(std::size_t at, std::string& name, std::string_view& content) const;
  std::size_t paragraph_at(std::size_t at, std::string_view& content);

  // The items of a list block, markers included.
  static std::vector<std::string_view> items(std::string_view list);
  // Bytes and characters of "blanks, marker" at the start of `line`; 0 when there is no marker.
  static std::size_t marker_length(std::string_view line, std::size_t& characters);

 private:
  std::size_t line_end(std::size_t at) const;
  std::size_t skip_blanks(std::size_t at) const;  // only U+0020
  std::size_t skip_line_feeds(std::size_t at) const;
  std::string_view line_at(std::size_t at) const { return text_.substr(at, line_end(at) - at); }
  bool interrupts_paragraph(std::size_t at);
  bool spaced_marker_at(std::size_t at) const;
  bool definition_at(std::size_t at) const;
  bool list_ends_at(std::size_t line_feeds, std::string_view indent, std::size_t& end) const;
  std::size_t table_rows_end(std::size_t at, bool barred) const;

  std::string_view text_;
  std::size_t trailing_space_;
  HtmlScanner html_;
  // Shortest fences of ` and ~ for which no closing was found; there is none further down either.
  std::size_t unclosed_[2];
};

}  // namespace postroom::content::markdown
