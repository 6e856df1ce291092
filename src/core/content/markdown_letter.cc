#include <algorithm>

#include "base/text.h"
#include "core/content/html_entities.h"
#include "core/content/markdown_writers.h"
#include "core/content/text_rules.h"

namespace postroom::content::markdown {
namespace {

std::string without_protocol(std::string_view url) {
  return replace_all(replace_all(url, "http://", ""), "https://", "");
}

// What was typed, with the protocols of addresses: the data of a QR code.
std::string typed_text(const std::vector<Inline>& inlines) {
  std::string out;
  for (const Inline& piece : inlines) {
    switch (piece.kind) {
      case Inline::Kind::text:
      case Inline::Kind::raw:
      case Inline::Kind::url: out += piece.text; break;
      case Inline::Kind::line_break: out += "\n"; break;
      case Inline::Kind::link:
        out.append("[").append(typed_text(piece.children)).append("](").append(piece.text).append(")");
        break;
    }
  }
  return out;
}

class LetterWriter {
 public:
  std::string write(const Document& document) {
    for (const Block& block : document.blocks) write_block(block);
    return std::move(out_);
  }

 private:
  void write_block(const Block& block) {
    switch (block.kind) {
      case Block::Kind::line_break: out_ += "<br>"; break;
      case Block::Kind::rule: out_ += "<hr class=\"page-break\">"; break;
      case Block::Kind::code:
      case Block::Kind::raw: out_ += block.text; break;
      case Block::Kind::heading:
        if (block.level == 1) {
          out_ += "<h2>";
          write_inlines(block.inlines);
          out_ += "</h2>";
        } else {
          paragraph(block);
        }
        break;
      case Block::Kind::paragraph: paragraph(block); break;
      case Block::Kind::text: write_inlines(block.inlines); break;
      case Block::Kind::list: list(block); break;
      case Block::Kind::item: item(block); break;
      case Block::Kind::inset:
        for (const Block& child : block.children) write_block(child);
        break;
      case Block::Kind::note: break;
    }
  }

  void paragraph(const Block& block) {
    if (auto payload = qr_payload(block)) {
      out_.append("<img class=\"qr-code\" alt=\"").append(attribute_value(*payload)).append("\">");
      return;
    }
    std::size_t begin = out_.size();
    out_ += "<p>";
    write_inlines(block.inlines);
    if (is_blank_html(std::string_view(out_).substr(begin + 3))) {
      out_.resize(begin);
    } else {
      out_ += "</p>";
    }
  }

  void list(const Block& block) {
    out_ += block.ordered ? "<ol>" : "<ul>";
    for (const Block& child : block.children) write_block(child);
    out_ += block.ordered ? "</ol>" : "</ul>";
  }

  void item(const Block& block) {
    out_ += "<li>";
    std::size_t begin = out_.size();
    for (const Block& child : block.children) write_block(child);
    std::string content = out_.substr(begin);
    out_.resize(begin);
    out_.append(trim_unicode(content)).append("</li>");
  }

  void write_inlines(const std::vector<Inline>& inlines) {
    for (const Inline& piece : inlines) {
      switch (piece.kind) {
        case Inline::Kind::text:
        case Inline::Kind::raw: out_ += piece.text; break;
        case Inline::Kind::line_break: out_ += "<br>"; break;
        case Inline::Kind::url:
          out_.append("<strong>").append(without_protocol(piece.text)).append("</strong>");
          break;
        case Inline::Kind::link: link(piece); break;
      }
    }
  }

  // Paper has no links: they are printed as typed.
  void link(const Inline& piece) {
    out_ += "[";
    write_inlines(piece.children);
    out_.append("](").append(piece.text);
    if (piece.title && !piece.title->empty()) out_.append(" “").append(*piece.title).append("”");
    out_ += ")";
  }

  std::string out_;
};

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (std::size_t length = space_length_at(text, at)) at += length;
  return at;
}

}  // namespace

std::optional<std::string> qr_payload(const Block& paragraph) {
  // Looking at the first piece is cheap and rules out nearly all paragraphs.
  if (paragraph.inlines.empty() || paragraph.inlines[0].kind != Inline::Kind::text) return std::nullopt;
  std::string_view first = paragraph.inlines[0].text;
  std::size_t at = skip_space(first, 0);
  if (!equals_ignoring_case(first.substr(at, 2), "qr")) return std::nullopt;
  // A highlighted placeholder: the data is not known yet.
  if (std::ranges::any_of(paragraph.inlines, [](const Inline& piece) { return piece.kind == Inline::Kind::raw; })) {
    return std::nullopt;
  }
  std::string typed = typed_text(paragraph.inlines);
  at = skip_space(typed, at + 2);
  if (at >= typed.size() || typed[at] != ':') return std::nullopt;
  std::size_t begin = skip_space(typed, ++at);
  if (begin < typed.size()) return typed.substr(begin);
  // White space alone is data, too: its last character.
  if (at >= typed.size()) return std::nullopt;
  while (begin > at && (static_cast<unsigned char>(typed[begin - 1]) & 0xC0) == 0x80) --begin;
  return typed.substr(begin - 1);
}

std::string write_letter_html(const Document& document) { return LetterWriter().write(document); }

}  // namespace postroom::content::markdown
