// Emails. The styles come in later: see markdown_email_style.h.
#include "core/content/html_entities.h"
#include "core/content/link_target.h"
#include "core/content/markdown_email_style.h"
#include "core/content/markdown_writers.h"
#include "core/content/text_rules.h"

namespace postroom::content::markdown {
namespace {

class EmailWriter {
 public:
  std::string write(const Document& document) {
    for (const Block& block : document.blocks) write_block(block);
    return std::move(out_);
  }

 private:
  void write_block(const Block& block) {
    switch (block.kind) {
      case Block::Kind::line_break: out_ += "<br>"; break;
      case Block::Kind::rule: out_ += short_tag::kRule; break;
      case Block::Kind::code:
      case Block::Kind::raw: out_ += block.text; break;
      case Block::Kind::heading: heading(block); break;
      case Block::Kind::paragraph: paragraph(block.inlines); break;
      case Block::Kind::text: write_inlines(block.inlines); break;
      case Block::Kind::list: list(block); break;
      case Block::Kind::item: item(block); break;
      case Block::Kind::inset: inset(block); break;
      case Block::Kind::note: break;
    }
  }

  void heading(const Block& block) {
    if (block.level > 2) {
      paragraph(block.inlines);
      return;
    }
    bool first = block.level == 1;
    out_ += first ? short_tag::kHeading : short_tag::kSubheading;
    write_inlines(block.inlines);
    out_ += first ? "</h2>" : "</h3>";
  }

  void paragraph(const std::vector<Inline>& inlines) {
    std::size_t begin = out_.size();
    out_ += short_tag::kParagraph;
    write_inlines(inlines);
    if (is_blank_html(std::string_view(out_).substr(begin + short_tag::kParagraph.size()))) {
      out_.resize(begin);
      return;
    }
    out_ += "</p>";
  }

  void list(const Block& block) {
    out_ += list_depth_++ == 0 ? short_tag::kList : short_tag::kInnerList;
    out_ += block.ordered ? short_tag::kNumbers : short_tag::kBullets;
    for (const Block& child : block.children) write_block(child);
    out_ += block.ordered ? "</ol></td></tr></table>" : "</ul></td></tr></table>";
    --list_depth_;
  }

  void item(const Block& block) {
    out_ += short_tag::kItem;
    std::size_t begin = out_.size();
    for (const Block& child : block.children) write_block(child);
    std::string_view content = trim_unicode(std::string_view(out_).substr(begin));
    if (content.size() < out_.size() - begin) out_.replace(begin, std::string::npos, std::string(content));
    out_ += "</li>";
  }

  void inset(const Block& block) {
    out_ += short_tag::kInset;
    for (const Block& child : block.children) write_block(child);
    out_ += "</blockquote></div>";
  }

  void write_inlines(const std::vector<Inline>& inlines) {
    for (const Inline& piece : inlines) {
      switch (piece.kind) {
        case Inline::Kind::text:
        case Inline::Kind::raw: out_ += piece.text; break;
        case Inline::Kind::line_break: out_ += "<br>"; break;
        case Inline::Kind::url:
          open_link(piece.text, piece.title);
          out_.append(piece.text).append("</a>");
          break;
        case Inline::Kind::link: link(piece); break;
      }
    }
  }

  void open_link(std::string_view target, const std::optional<std::string>& title) {
    out_.append(short_tag::kLink).append("href=\"").append(link_href(target)).append("\"");
    if (title) out_.append(" title=\"").append(attribute_value(*title)).append("\"");
    out_ += ">";
  }

  void link(const Inline& piece) {
    if (in_link_) {  // HTML does not allow links in links
      write_inlines(piece.children);
      return;
    }
    in_link_ = true;
    write_link(piece);
    in_link_ = false;
  }

  void write_link(const Inline& piece) {
    bool unfilled = piece.text.find("<span") != std::string::npos;
    if (unfilled) {
      // A preview: the target is not known yet, so the link shows which placeholder it will be.
      out_.append(short_tag::kLink).append("href=\"#\">");
      write_inlines(piece.children);
      out_.append(" ").append(piece.text).append("</a>");
      return;
    }
    open_link(piece.text, piece.title);
    if (piece.children.empty()) {
      out_ += piece.text;
    } else {
      write_inlines(piece.children);
    }
    out_ += "</a>";
  }

  std::string out_;
  int list_depth_ = 0;
  bool in_link_ = false;
};

}  // namespace

bool is_blank_html(std::string_view html) { return trim_unicode(html).empty(); }

std::string write_email_html(const Document& document) { return EmailWriter().write(document); }

}  // namespace postroom::content::markdown
