// The Markdown dialect of template bodies. It descends from a parser of 2018 and is not CommonMark: lists need no
// blank after their marker, '^' makes insets, and there is no emphasis. Time is linear in the length of the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::content::markdown {

// Lists in lists, and insets in insets; what lies deeper is shown as typed.
inline constexpr int kNestingMax = 6;
// Longer names of link definitions are not looked up.
inline constexpr std::size_t kReferenceNameMax = 200;
// Longer HTML tags are text.
inline constexpr std::size_t kTagBytesMax = 2000;

struct Inline {
  enum class Kind : std::uint8_t {
    text,  // `text` is HTML: escaped where the source was not
    raw,   // an HTML tag or element, as typed
    url,   // `text` is the address as typed
    link,  // `text` is the target as typed; `children` may hold links, which writers must not nest
    line_break,
  };

  Kind kind = Kind::text;
  std::string text;
  std::optional<std::string> title;
  std::vector<Inline> children;
};

struct Block {
  enum class Kind : std::uint8_t {
    line_break,
    rule,
    code,       // `text` as typed
    heading,    // level, inlines
    paragraph,  // inlines
    text,       // inlines, in an item, without a paragraph around them
    list,       // ordered, children are items
    item,
    inset,
    raw,   // HTML as typed
    note,  // a footnote's definition; gone after parsing
  };

  Kind kind = Kind::paragraph;
  int level = 0;
  bool ordered = false;
  std::string text;
  std::vector<Inline> inlines;
  std::vector<Block> children;
};

// Blocks in order; the referenced footnotes follow at the end.
struct Document {
  std::vector<Block> blocks;
};

Document parse(std::string_view source);

}  // namespace postroom::content::markdown
