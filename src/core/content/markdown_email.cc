// Emails: mail programs ignore style sheets, so every element carries its style.
#include <array>

#include "base/text.h"
#include "core/content/markdown_writers.h"
#include "core/content/text_rules.h"

namespace postroom::content::markdown {
namespace {

constexpr std::string_view kTextStyle = "font-size: 19px; line-height: 1.3158; color: #1b1f24;";
constexpr std::string_view kLinkStyle = "word-wrap: break-word; color: #0b5c6b;";

constexpr std::array<std::string_view, 6> kSchemes = {"ftp:", "file:", "http:", "https:", "mailto:", "tel:"};

std::string encode_target(std::string_view target) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(target.size());
  for (char c : target) {
    if (is_ascii_alnum(c) || std::string_view("_.-~:/?#=&;%").find(c) != std::string_view::npos) {
      out += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

std::string quote_attribute(std::string_view html) {
  std::string out;
  for (char c : html) {
    switch (c) {
      case '"': out += "&quot;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

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
      case Block::Kind::rule:
        out_ += "<hr style=\"border: 0; height: 1px; background: #b1b4b6; margin: 30px 0;\">";
        break;
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
    out_ +=
        first
            ? "<h2 style=\"margin: 0 0 20px 0; padding: 0; font-size: 27px; line-height: 35px; font-weight: bold; "
              "color: #1b1f24;\">"
            : "<h3 style=\"margin: 0 0 15px 0; padding: 10px 0 0 0; font-size: 19px; line-height: 25px; "
              "font-weight: bold; color: #1b1f24;\">";
    write_inlines(block.inlines);
    out_ += first ? "</h2>" : "</h3>";
  }

  void paragraph(const std::vector<Inline>& inlines) {
    std::size_t begin = out_.size();
    write_inlines(inlines);
    if (is_blank_html(std::string_view(out_).substr(begin))) {
      out_.resize(begin);
      return;
    }
    std::string content = out_.substr(begin);
    out_.resize(begin);
    out_.append("<p style=\"margin: 0 0 20px 0; ").append(kTextStyle).append("\">").append(content).append("</p>");
  }

  void list(const Block& block) {
    // Some mail programs ignore the margins of lists, none those of table cells.
    out_ +=
        "<table role=\"presentation\" style=\"padding: 0 0 20px 0;\"><tr><td style=\"font-family: Helvetica, "
        "Arial, sans-serif;\">";
    out_ += block.ordered ? "<ol style=\"margin: 0 0 0 20px; padding: 0; list-style-type: decimal;\">"
                          : "<ul style=\"margin: 0 0 0 20px; padding: 0; list-style-type: disc;\">";
    for (const Block& child : block.children) write_block(child);
    out_ += block.ordered ? "</ol>" : "</ul>";
    out_ += "</td></tr></table>";
  }

  void item(const Block& block) {
    out_.append("<li style=\"margin: 5px 0; padding: 0 0 0 5px; ").append(kTextStyle).append("\">");
    std::size_t begin = out_.size();
    for (const Block& child : block.children) write_block(child);
    std::string content = out_.substr(begin);
    out_.resize(begin);
    out_.append(trim_unicode(content)).append("</li>");
  }

  void inset(const Block& block) {
    out_ +=
        "<div style=\"margin: 0 0 20px 0;\"><blockquote style=\"margin: 0; border-left: 10px solid #b1b4b6; "
        "padding: 15px 0 0.1px 15px; font-size: 19px; line-height: 25px;\">";
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
    bool has_scheme = false;
    for (std::string_view scheme : kSchemes) {
      has_scheme = has_scheme || equals_ignoring_case(target.substr(0, scheme.size()), scheme);
    }
    out_.append("<a style=\"").append(kLinkStyle).append("\" href=\"");
    out_.append(has_scheme ? "" : "http://").append(encode_target(target)).append("\"");
    if (title) out_.append(" title=\"").append(quote_attribute(*title)).append("\"");
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
      out_.append("<a style=\"").append(kLinkStyle).append("\" href=\"#\">");
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
  bool in_link_ = false;
};

}  // namespace

bool is_blank_html(std::string_view html) { return trim_unicode(html).empty(); }

std::string write_email_html(const Document& document) { return EmailWriter().write(document); }

}  // namespace postroom::content::markdown
