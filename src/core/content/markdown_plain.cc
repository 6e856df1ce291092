#include "base/text.h"
#include "core/content/markdown_writers.h"
#include "core/content/text_rules.h"

namespace postroom::content::markdown {
namespace {

constexpr int kLineWidth = 65;

class PlainWriter {
 public:
  explicit PlainWriter(PlainForm form) : body_(form == PlainForm::body) {}

  std::string write(const Document& document) {
    for (const Block& block : document.blocks) write_block(block);
    return std::move(out_);
  }

 private:
  void write_block(const Block& block) {
    switch (block.kind) {
      case Block::Kind::line_break: out_ += "\n"; break;
      case Block::Kind::rule: rule(); break;
      case Block::Kind::code:
      case Block::Kind::raw: out_ += block.text; break;
      case Block::Kind::heading: heading(block); break;
      case Block::Kind::paragraph: paragraph(block.inlines); break;
      case Block::Kind::text: write_inlines(block.inlines); break;
      case Block::Kind::list: list(block); break;
      case Block::Kind::inset:
        for (const Block& child : block.children) write_block(child);
        break;
      case Block::Kind::item:
      case Block::Kind::note: break;
    }
  }

  void rule() {
    if (!body_) return;
    out_ += "\n\n";
    for (int i = 0; i < kLineWidth; ++i) out_ += i % 2 == 0 ? '=' : '-';
  }

  void heading(const Block& block) {
    if (!body_ || block.level > 2) {
      paragraph(block.inlines);
      return;
    }
    out_ += "\n\n\n";
    write_inlines(block.inlines);
    out_ += "\n";
    out_.append(kLineWidth, block.level == 1 ? '=' : '-');
  }

  void paragraph(const std::vector<Inline>& inlines) {
    std::size_t begin = out_.size();
    out_ += "\n\n";
    std::size_t content = out_.size();
    write_inlines(inlines);
    if (is_blank_html(std::string_view(out_).substr(content))) out_.resize(begin);
  }

  void list(const Block& block) {
    out_ += "\n";
    int number = 0;
    for (const Block& item : block.children) {
      out_ += "\n";
      out_ += block.ordered ? std::to_string(++number) + ". " : "• ";
      std::size_t begin = out_.size();
      for (const Block& child : item.children) write_block(child);
      std::string content = out_.substr(begin);
      out_.resize(begin);
      out_ += trim_unicode(content);
    }
  }

  void write_inlines(const std::vector<Inline>& inlines) {
    for (const Inline& piece : inlines) {
      switch (piece.kind) {
        case Inline::Kind::text:
        case Inline::Kind::raw:
        case Inline::Kind::url: out_ += piece.text; break;
        case Inline::Kind::line_break: out_ += "\n"; break;
        case Inline::Kind::link: link(piece); break;
      }
    }
  }

  void link(const Inline& piece) {
    bool nested = in_link_;
    in_link_ = true;
    write_inlines(piece.children);
    in_link_ = nested;
    if (nested) return;
    if (piece.title && !piece.title->empty()) out_.append(" (").append(*piece.title).append(")");
    if (body_) out_.append(": ").append(piece.text);
  }

  bool body_;
  bool in_link_ = false;
  std::string out_;
};

}  // namespace

std::string write_plain(const Document& document, PlainForm form) { return PlainWriter(form).write(document); }

}  // namespace postroom::content::markdown
