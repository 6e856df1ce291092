#include "core/letters/record_text.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "core/content/html_entities.h"
#include "core/content/markdown.h"
#include "core/content/text_rules.h"
#include "core/content/typography.h"
#include "core/recipients/postal_address.h"

namespace postroom::letters {
namespace {

using content::markdown::Block;
using content::markdown::Inline;

constexpr std::string_view kBreak = "<cr>";
constexpr std::string_view kListEnd = "<p><cr>";
// Stands for a line feed beyond those between paragraphs. Control characters that were typed are gone by then.
constexpr char kExtraBreak = '\x02';

std::string without_protocol(std::string_view url) {
  return replace_all(replace_all(url, "http://", ""), "https://", "");
}

// Only tags of this writer are tags in what it writes.
void append_escaped(std::string& out, std::string_view html) {
  for (char c : html) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c != kExtraBreak)
      out += c;
  }
}

bool is_list_line(std::string_view line) {
  if (line.empty() || line.front() == ' ' || line.front() == '\t') return true;
  if (std::string_view("*-+").find(line.front()) != std::string_view::npos || line.starts_with("•")) return true;
  return is_ascii_digit(line.front());
}

// Text with \n only, and with a mark for each line feed beyond two: to the parser any number of them is one break
// between paragraphs, on paper each is a line. Next to lists it stays so.
std::string with_extra_breaks(std::string_view text) {
  std::string out;
  std::string_view last_line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::size_t next = std::min(text.find_first_not_of('\n', end), text.size());
    const std::string_view line = text.substr(0, end);
    out += line;
    if (!line.empty()) last_line = line;
    const std::size_t count = next - end;
    if (count < 3 || next == text.size() || is_list_line(last_line) || is_list_line(text.substr(next))) {
      out.append(count, '\n');
    } else {
      out.append("\n\n").append(count - 2, kExtraBreak).append("\n\n");
    }
    text.remove_prefix(next);
  }
  return out;
}

std::string normal_source(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\r') {
      if (at + 1 >= text.size() || text[at + 1] != '\n') out += '\n';
    } else if (c != kExtraBreak) {
      out += c;
    }
  }
  return with_extra_breaks(out);
}

class RecordWriter {
 public:
  std::string write(const content::markdown::Document& document) {
    for (const Block& block : document.blocks) write_block(block);
    return std::move(out_);
  }

 private:
  void write_block(const Block& block) {
    switch (block.kind) {
      case Block::Kind::line_break: out_ += kBreak; break;
      case Block::Kind::heading:
        if (block.level == 1)
          heading(block);
        else
          paragraph(block.inlines);
        break;
      case Block::Kind::paragraph: paragraph(block.inlines); break;
      case Block::Kind::code:
      case Block::Kind::raw: typed(block.text); break;
      case Block::Kind::text: write_inlines(block.inlines); break;
      case Block::Kind::list: list(block); break;
      case Block::Kind::inset:
        for (const Block& child : block.children) write_block(child);
        break;
      case Block::Kind::rule:
      case Block::Kind::item:
      case Block::Kind::note: break;
    }
  }

  void heading(const Block& block) {
    out_ += "<h2>";
    write_inlines(block.inlines);
    out_ += "<normal><cr><cr>";
  }

  void paragraph(const std::vector<Inline>& inlines) {
    if (const std::size_t breaks = extra_breaks(inlines)) {
      for (std::size_t i = 0; i < breaks; ++i) out_ += kBreak;
      return;
    }
    const std::size_t begin = out_.size();
    write_inlines(inlines);
    if (content::trim_unicode(std::string_view(out_).substr(begin)).empty())
      out_.resize(begin);
    else
      out_ += "<cr><cr>";
  }

  static std::size_t extra_breaks(const std::vector<Inline>& inlines) {
    if (inlines.size() != 1 || inlines[0].kind != Inline::Kind::text) return 0;
    const std::string& text = inlines[0].text;
    return text.find_first_not_of(kExtraBreak) == std::string::npos ? text.size() : 0;
  }

  void typed(std::string_view text) {
    text = content::trim_unicode(text);
    if (text.empty()) return;
    for (const std::string& line : split(text, '\n')) {
      append_escaped(out_, line);
      out_ += kBreak;
    }
    out_ += kBreak;
  }

  // Lists bring their own distance: what the paragraph before left is taken back.
  void list(const Block& block) {
    int breaks = 0;
    while (out_.ends_with(kBreak)) {
      out_.resize(out_.size() - kBreak.size());
      ++breaks;
    }
    if (block.ordered) {
      if (breaks > 0) out_ += kBreak;
    } else {
      out_ += "<cr><op>";
    }
    for (const Block& child : block.children) item(child, block.ordered);
    if (!out_.ends_with(kListEnd)) out_ += kListEnd;
  }

  void item(const Block& block, bool numbered) {
    out_ += numbered ? "<np>" : "<bul><tab>";
    const std::size_t begin = out_.size();
    for (const Block& child : block.children) write_block(child);
    const std::string content = out_.substr(begin);
    out_.resize(begin);
    out_ += content::trim_unicode(content);
  }

  void write_inlines(const std::vector<Inline>& inlines) {
    for (const Inline& piece : inlines) {
      switch (piece.kind) {
        case Inline::Kind::text:
        case Inline::Kind::raw: append_escaped(out_, piece.text); break;
        case Inline::Kind::line_break: out_ += kBreak; break;
        case Inline::Kind::url: address(piece.text); break;
        case Inline::Kind::link: link(piece); break;
      }
    }
  }

  void link(const Inline& piece) {
    const bool nested = in_link_;
    in_link_ = true;
    write_inlines(piece.children);
    in_link_ = nested;
    if (nested) return;
    out_ += ": ";
    address(piece.text);
  }

  void address(std::string_view url) {
    if (in_link_) {
      append_escaped(out_, without_protocol(url));
      return;
    }
    out_ += "<b>";
    append_escaped(out_, without_protocol(url));
    out_ += "<normal>";
  }

  std::string out_;
  bool in_link_ = false;
};

// Values as the print house may see them, before typography looks at what stands around them.
content::Personalisation cleaned(const content::Personalisation& values) {
  content::Personalisation out;
  for (const content::Personalisation::Entry& entry : values.entries()) {
    content::PersonalisationValue value = entry.value;
    value.text = without_record_tags(value.text);
    for (std::string& item : value.items) item = without_record_tags(item);
    out.set(without_record_tags(entry.name), std::move(value));
  }
  return out;
}

// Tags kept, the rest decoded and cleaned of what would pass for a tag.
std::string finish(std::string_view html) {
  std::string out;
  out.reserve(html.size());
  while (!html.empty()) {
    if (html.front() == '<') {
      const std::size_t end = std::min(html.find('>'), html.size() - 1);
      out += html.substr(0, end + 1);
      html.remove_prefix(end + 1);
      continue;
    }
    // Between two of our tags everything is text; cleaned by itself, so that ours are never taken for typed ones.
    const std::size_t end = std::min(html.find('<'), html.size());
    out += clean_record_text(content::decode_entities(html.substr(0, end)));
    html.remove_prefix(end);
  }
  return out;
}

}  // namespace

std::string record_markup(std::string_view filled_html) {
  const std::string source = normal_source(filled_html) + '\n';
  return finish(content::nice_typography(RecordWriter().write(content::markdown::parse(source))));
}

RecordTemplate::RecordTemplate(const notifications::Template& text)
    : english_(without_record_tags(text.subject), without_record_tags(text.content), text.contact_block) {
  if (text.welsh_first) {
    welsh_.emplace(without_record_tags(text.welsh_subject), without_record_tags(text.welsh_content), std::string());
  }
}

std::string RecordTemplate::Part::write(const content::Personalisation& values, const std::string& date) const {
  const std::string subject = content::decode_entities(content::without_tags(letter.api_subject(values)));
  return fmt::format("{}<cr><cr><h1>{}<normal><cr><cr>{}", date, trim(clean_record_text(subject)),
                     record_markup(body.fill(values, {.lists = content::ListStyle::bullets})));
}

std::string RecordTemplate::body(const content::Personalisation& values, Date written_on) const {
  const content::Personalisation clean = cleaned(values);
  std::string out;
  if (welsh_) out = welsh_->write(clean, content::letter_date(written_on, true));
  return out + english_.write(clean, content::letter_date(written_on, false));
}

std::vector<std::string> RecordTemplate::contact_lines(const content::Personalisation& values,
                                                       std::string_view otherwise) const {
  const std::string html = english_.letter.render_contact_html(values);
  if (html.empty()) return otherwise.empty() ? std::vector<std::string>() : split(otherwise, '\n');
  return split(content::decode_entities(content::without_tags(replace_all(html, "<br>", "\n"))), '\n');
}

Result<std::string> record_of(const notifications::Notification& letter, const RecordTemplate& text,
                              std::string_view organisation, Date written_on) {
  content::Personalisation values;
  if (!letter.personalisation.empty()) {
    const auto parsed = parse_json(letter.personalisation);
    if (!parsed || !parsed->is_object())
      return fail(ErrorKind::corrupt, "the personalisation of letter " + letter.id.text() + " does not read back");
    values = content::Personalisation::from_json(parsed->get_object());
  }
  const auto address = recipients::PostalAddress::read(letter.to);
  return record_line({.organisation = std::string(organisation),
                      .reference = letter.reference,
                      .contact_lines = text.contact_lines(values, letter.reply_to),
                      .address_lines = address.lines(),
                      .postcode = address.postcode(),
                      .body = text.body(values, written_on)});
}

}  // namespace postroom::letters
