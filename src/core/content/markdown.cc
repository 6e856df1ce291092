#include "core/content/markdown.h"

#include <algorithm>

#include "base/text.h"
#include "core/content/markdown_block_scan.h"
#include "core/content/markdown_inline.h"
#include "core/content/text_rules.h"

namespace postroom::content::markdown {
namespace {

constexpr std::size_t kTabStop = 4;
constexpr std::string_view kSymbolForNewline = "\xE2\x90\xA4";  // U+2424

enum class Rules { top, note, item };

// One kind of line end, blanks for tabs, nothing on lines of only blanks.
std::string prepare(std::string_view source) {
  std::string out;
  out.reserve(source.size());
  std::size_t column = 0;
  std::size_t line = 0;  // where the current line begins in `out`
  auto end_line = [&] {
    if (out.find_first_not_of(' ', line) == std::string::npos) out.resize(line);
    out += '\n';
    line = out.size();
    column = 0;
  };
  for (std::size_t i = 0; i < source.size(); ++i) {
    char c = source[i];
    if (c == '\r' || c == '\n') {
      if (c == '\r' && i + 1 < source.size() && source[i + 1] == '\n') ++i;
      end_line();
    } else if (c == '\t') {
      std::size_t blanks = kTabStop - column % kTabStop;
      out.append(blanks, ' ');
      column += blanks;
    } else if (c == kSymbolForNewline[0] && source.substr(i).starts_with(kSymbolForNewline)) {
      i += kSymbolForNewline.size() - 1;
      end_line();
    } else {
      out += c;
      if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++column;
    }
  }
  if (out.find_first_not_of(' ', line) == std::string::npos) out.resize(line);
  return out;
}

Block make_block(Block::Kind kind, std::string text = {}) {
  Block block;
  block.kind = kind;
  block.text = std::move(text);
  return block;
}

// Removes up to `most` blanks at the start of each line.
std::string outdent(std::string_view text, std::size_t most) {
  std::string out;
  out.reserve(text.size());
  std::size_t removed = 0;
  bool at_start = true;
  for (char c : text) {
    if (at_start && c == ' ' && removed < most) {
      ++removed;
      continue;
    }
    at_start = c == '\n';
    if (at_start) removed = 0;
    out += c;
  }
  return out;
}

// Only whole groups of four blanks go.
std::string strip_code_indent(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t line = 0; line < text.size();) {
    std::size_t end = std::min(text.find('\n', line), text.size() - 1) + 1;
    std::string_view content = text.substr(line, end - line);
    out += content.starts_with("    ") ? content.substr(4) : content;
    line = end;
  }
  return out;
}

// Removes blanks, '^' and one blank at the start of each line that has a '^'.
std::string strip_carets(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t line = 0; line < text.size();) {
    std::size_t end = std::min(text.find('\n', line), text.size() - 1) + 1;
    std::string_view content = text.substr(line, end - line);
    std::size_t caret = content.find_first_not_of(' ');
    if (caret != std::string_view::npos && content[caret] == '^') {
      content.remove_prefix(caret + 1);
      if (content.starts_with(' ')) content.remove_prefix(1);
    }
    out += content;
    line = end;
  }
  return out;
}

// The lines after a footnote's first lose the indentation of the least indented of them.
std::string outdent_note(std::string_view text) {
  std::size_t first = text.find('\n');
  if (first == std::string_view::npos) return std::string(text);
  std::size_t least = 0;
  for (std::size_t line = first + 1; line < text.size();) {
    std::size_t end = std::min(text.find('\n', line), text.size());
    std::size_t blanks = std::min(text.substr(line, end - line).find_first_not_of(' '), end - line);
    if (blanks > 0 && (least == 0 || blanks < least)) least = blanks;
    line = end + 1;
  }
  std::string out(text.substr(0, first));
  for (std::size_t line = first + 1; line <= text.size();) {
    std::size_t end = std::min(text.find('\n', line), text.size());
    std::string_view content = text.substr(line, end - line);
    out += '\n';
    out += content.substr(std::min(least, content.size()));
    line = end + 1;
  }
  return out;
}

// A blank line inside, not at the end.
bool has_inner_blank_line(std::string_view item, std::size_t trailing) {
  std::size_t found = item.find("\n\n");
  while (found != std::string_view::npos) {
    if (found + 2 < trailing) return true;
    found = item.find("\n\n", found + 1);
  }
  return false;
}

class BlockParser {
 public:
  explicit BlockParser(Definitions& definitions) : definitions_(definitions) {}

  void parse(std::string_view text, Rules rules, std::vector<Block>& out) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    BlockScanner scanner(text);
    for (std::size_t at = 0; at < text.size();) at = step(scanner, at, rules, out);
  }

 private:
  std::size_t step(BlockScanner& scanner, std::size_t at, Rules rules, std::vector<Block>& out) {
    std::size_t end = scanner.blank_at(at);
    if (end != kNoMatch) {
      if (end - at > 1) out.push_back(make_block(Block::Kind::line_break));
      return end;
    }
    if (rules == Rules::top && (end = rule(scanner, at, out)) != kNoMatch) return end;
    if ((end = code(scanner, at, out)) != kNoMatch) return end;
    if (rules != Rules::item) {
      if ((end = heading(scanner, at, out)) != kNoMatch) return end;
      if ((end = scanner.bare_table_at(at)) != kNoMatch) return end;
    }
    if ((end = underlined(scanner, at, out)) != kNoMatch) return end;
    if (rules != Rules::top && (end = rule(scanner, at, out)) != kNoMatch) return end;
    if ((end = inset(scanner, at, out)) != kNoMatch) return end;
    if ((end = list(scanner, at, out)) != kNoMatch) return end;
    if ((end = html(scanner, at, out)) != kNoMatch) return end;
    if (rules == Rules::top && (end = definition(scanner, at, out)) != kNoMatch) return end;
    if (rules != Rules::item && (end = scanner.barred_table_at(at)) != kNoMatch) return end;
    return rules == Rules::item ? text_line(scanner, at, out) : paragraph(scanner, at, out);
  }

  static std::size_t rule(BlockScanner& scanner, std::size_t at, std::vector<Block>& out) {
    std::size_t end = scanner.rule_at(at);
    if (end != kNoMatch) out.push_back(make_block(Block::Kind::rule));
    return end;
  }

  static std::size_t code(BlockScanner& scanner, std::size_t at, std::vector<Block>& out) {
    std::size_t end = scanner.indented_at(at);
    if (end != kNoMatch) {
      out.push_back(make_block(Block::Kind::code, strip_code_indent(scanner.text().substr(at, end - at))));
      return end;
    }
    std::string_view content;
    end = scanner.fence_at(at, content);
    if (end != kNoMatch) out.push_back(make_block(Block::Kind::code, std::string(content)));
    return end;
  }

  static std::size_t heading(BlockScanner& scanner, std::size_t at, std::vector<Block>& out) {
    Block block = make_block(Block::Kind::heading);
    std::string_view content;
    std::size_t end = scanner.heading_at(at, block.level, content);
    if (end == kNoMatch) return end;
    block.text = std::string(content);
    out.push_back(std::move(block));
    return end;
  }

  static std::size_t underlined(BlockScanner& scanner, std::size_t at, std::vector<Block>& out) {
    Block block = make_block(Block::Kind::heading);
    std::string_view content;
    std::size_t end = scanner.underlined_at(at, block.level, content);
    if (end == kNoMatch) return end;
    block.text = std::string(content);
    out.push_back(std::move(block));
    return end;
  }

  std::size_t inset(BlockScanner& scanner, std::size_t at, std::vector<Block>& out) {
    std::size_t end = scanner.inset_at(at);
    if (end == kNoMatch) return end;
    Block block = make_block(Block::Kind::inset);
    std::string_view content = scanner.text().substr(at, end - at);
    if (++inset_depth_ > kNestingMax) {
      block.children.push_back(make_block(Block::Kind::paragraph, std::string(content)));
    } else {
      parse(strip_carets(content), Rules::top, block.children);
    }
    --inset_depth_;
    out.push_back(std::move(block));
    return end;
  }

  std::size_t list(BlockScanner& scanner, std::size_t at, std::vector<Block>& out) {
    Block block = make_block(Block::Kind::list);
    std::size_t end = scanner.list_at(at, block.ordered);
    if (end == kNoMatch) return end;
    std::string_view content = scanner.text().substr(at, end - at);
    if (++list_depth_ > kNestingMax) {
      Block item = make_block(Block::Kind::item);
      item.children.push_back(make_block(Block::Kind::text, std::string(content)));
      block.children.push_back(std::move(item));
    } else {
      add_items(content, block.children);
    }
    --list_depth_;
    out.push_back(std::move(block));
    return end;
  }

  void add_items(std::string_view list, std::vector<Block>& out) {
    std::vector<std::string_view> items = BlockScanner::items(list);
    bool next_loose = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
      std::size_t removed = 0;
      std::size_t marker = BlockScanner::marker_length(items[i], removed);
      std::string item(items[i].substr(marker));
      if (item.find("\n ") != std::string::npos) item = outdent(item, removed);
      bool loose = next_loose || has_inner_blank_line(item, trailing_space_begin(item));
      if (i + 1 != items.size() && !item.empty()) {
        next_loose = item.back() == '\n';
        loose = loose || next_loose;
      }
      Block block = make_block(Block::Kind::item);
      parse(item, Rules::item, block.children);
      if (loose) {
        for (Block& child : block.children) {
          if (child.kind == Block::Kind::text) child.kind = Block::Kind::paragraph;
        }
      }
      out.push_back(std::move(block));
    }
  }

  static std::size_t html(BlockScanner& scanner, std::size_t at, std::vector<Block>& out) {
    std::size_t end = scanner.html_at(at);
    if (end == kNoMatch) return end;
    std::string_view content = scanner.text().substr(at, end - at);
    // A whole element stands without the blank lines after it, a single tag with them.
    std::string_view trimmed = trim_unicode(content);
    std::size_t closing = trimmed.rfind("</");
    bool element = closing != std::string_view::npos && trimmed.find('>', closing) == trimmed.size() - 1;
    out.push_back(make_block(Block::Kind::raw, std::string(element ? trimmed : content)));
    return end;
  }

  std::size_t definition(BlockScanner& scanner, std::size_t at, std::vector<Block>& out) {
    std::string name;
    LinkTarget target;
    std::size_t end = scanner.link_definition_at(at, name, target);
    if (end != kNoMatch) {
      definitions_.links.insert_or_assign(std::move(name), std::move(target));
      return end;
    }
    std::string_view content;
    end = scanner.note_definition_at(at, name, content);
    if (end == kNoMatch || !definitions_.notes.emplace(name, 0).second) return end;
    Block note = make_block(Block::Kind::note, name);
    parse(outdent_note(content), Rules::note, note.children);
    out.push_back(std::move(note));
    return end;
  }

  static std::size_t paragraph(BlockScanner& scanner, std::size_t at, std::vector<Block>& out) {
    std::string_view content;
    std::size_t end = scanner.paragraph_at(at, content);
    out.push_back(make_block(Block::Kind::paragraph, std::string(content)));
    return end;
  }

  // Lines that follow each other directly are one text.
  static std::size_t text_line(BlockScanner& scanner, std::size_t at, std::vector<Block>& out) {
    std::size_t end = std::min(scanner.text().find('\n', at), scanner.text().size());
    std::string_view line = scanner.text().substr(at, end - at);
    if (!out.empty() && out.back().kind == Block::Kind::text) {
      out.back().text.append("\n").append(line);
    } else {
      out.push_back(make_block(Block::Kind::text, std::string(line)));
    }
    return end;
  }

  Definitions& definitions_;
  int list_depth_ = 0;
  int inset_depth_ = 0;
};

// Parses what stands in the blocks, in order, because the first reference to a footnote counts; moves the
// footnotes out.
void resolve(std::vector<Block>& blocks, Definitions& definitions, bool in_note, std::vector<Block>& notes) {
  for (Block& block : blocks) {
    switch (block.kind) {
      case Block::Kind::heading:
      case Block::Kind::paragraph:
      case Block::Kind::text:
        block.inlines = parse_inlines(block.text, definitions, in_note);
        block.text.clear();
        break;
      case Block::Kind::note:
        resolve(block.children, definitions, true, notes);
        notes.push_back(std::move(block));
        block.kind = Block::Kind::note;
        break;
      default: resolve(block.children, definitions, in_note, notes);
    }
  }
  std::erase_if(blocks, [](const Block& block) { return block.kind == Block::Kind::note; });
}

}  // namespace

Document parse(std::string_view source) {
  Definitions definitions;
  Document document;
  BlockParser(definitions).parse(prepare(source), Rules::top, document.blocks);
  std::vector<Block> notes;
  resolve(document.blocks, definitions, false, notes);
  std::erase_if(notes, [&](const Block& note) { return definitions.notes.find(note.text)->second == 0; });
  std::ranges::sort(notes, {}, [&](const Block& note) { return definitions.notes.find(note.text)->second; });
  for (Block& note : notes) {
    for (Block& child : note.children) document.blocks.push_back(std::move(child));
  }
  return document;
}

}  // namespace postroom::content::markdown
