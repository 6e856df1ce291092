#include "core/content/letter.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "core/content/html_entities.h"
#include "core/content/letter_blocks.h"
#include "core/content/markdown.h"
#include "core/content/markdown_writers.h"
#include "core/content/template_validation.h"
#include "core/content/text_rules.h"
#include "core/content/typography.h"

namespace postroom::content {
namespace {

constexpr std::string_view kNoBreakHyphen = "\u2011";

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 12> kWelshMonths = {"Ionawr", "Chwefror", "Mawrth",     "Ebrill",
                                                           "Mai",    "Mehefin",  "Gorffennaf", "Awst",
                                                           "Medi",   "Hydref",   "Tachwedd",   "Rhagfyr"};

// Hyphens in text must not end a line; those inside tags are left.
std::string no_break_hyphens(std::string_view html) {
  std::string out;
  out.reserve(html.size());
  bool in_tag = false;
  for (char c : html) {
    if (c == '<') in_tag = true;
    if (c == '>') in_tag = false;
    if (c == '-' && !in_tag) {
      out += kNoBreakHyphen;
    } else {
      out += c;
    }
  }
  return out;
}

// Lines trimmed one by one, so that what people typed to align their address does not show.
std::string trim_lines(std::string_view text) {
  std::string out;
  std::string_view rest = trim_unicode(text);
  while (true) {
    std::size_t end = rest.find_first_of("\r\n");
    out += trim_unicode(rest.substr(0, end));
    if (end == std::string_view::npos) return out;
    out += '\n';
    rest.remove_prefix(rest.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
}

std::string plain_text(std::string_view html) { return decode_entities(without_tags(html)); }

std::optional<QrTooLong> find_long_qr(const std::vector<markdown::Block>& blocks) {
  for (const markdown::Block& block : blocks) {
    bool may_be_code = block.kind == markdown::Block::Kind::paragraph ||
                       (block.kind == markdown::Block::Kind::heading && block.level > 1);
    if (may_be_code) {
      auto payload = markdown::qr_payload(block);
      if (payload && payload->size() > kQrBytesMax) {
        return QrTooLong{.bytes = payload->size(), .bytes_max = kQrBytesMax, .payload = decode_entities(*payload)};
      }
    }
    if (auto inner = find_long_qr(block.children)) return inner;
  }
  return std::nullopt;
}

}  // namespace

LetterTemplate::LetterTemplate(std::string subject, std::string content, std::string contact_block)
    : subject_html_(std::move(subject), TemplateText::Markup::html),
      body_(content),
      body_html_(std::move(content), TemplateText::Markup::html),
      contact_html_(trim_lines(contact_block), TemplateText::Markup::html) {}

std::vector<Placeholder> LetterTemplate::contact_placeholders() const { return contact_html_.placeholders(); }

std::vector<Placeholder> LetterTemplate::text_placeholders() const {
  std::vector<Placeholder> list = subject_html_.placeholders();
  merge_placeholders(list, body_.placeholders());
  return list;
}

std::vector<Placeholder> LetterTemplate::placeholders() const {
  std::vector<Placeholder> list = contact_placeholders();
  merge_placeholders(list, text_placeholders());
  return list;
}

std::string LetterTemplate::api_subject(const Personalisation& values, MissingStyle missing) const {
  std::string filled = subject_html_.fill(values, {.lists = ListStyle::phrase, .missing = missing});
  return normalise_space(nice_typography(std::move(filled)));
}

std::string LetterTemplate::api_body(const Personalisation& values, MissingStyle missing) const {
  return std::string(trim_unicode(body_.fill(values, {.lists = ListStyle::bullets, .missing = missing})));
}

std::string LetterTemplate::body_html(const Personalisation& values, MissingStyle missing) const {
  std::string filled = body_html_.fill(values, {.lists = ListStyle::bullets, .missing = missing});
  filled += '\n';
  return no_break_hyphens(nice_typography(markdown::write_letter_html(markdown::parse(filled))));
}

LetterDocument LetterTemplate::render(const Personalisation& values, MissingStyle missing) const {
  LetterDocument document;
  document.subject = plain_text(api_subject(values, missing));
  document.blocks = letter_blocks(body_html(values, missing));
  std::string contact = render_contact_html(values, missing);
  if (!contact.empty()) {
    std::string text = plain_text(replace_all(contact, "<br>", "\n"));
    document.contact_lines = split(text, '\n');
  }
  return document;
}

std::string LetterTemplate::render_html(const Personalisation& values, MissingStyle missing) const {
  return body_html(values, missing);
}

std::string LetterTemplate::render_contact_html(const Personalisation& values, MissingStyle missing) const {
  std::string filled = contact_html_.fill(values, {.lists = ListStyle::phrase, .missing = missing});
  std::string tidy = tidy_punctuation(filled);
  std::string out;
  for (std::size_t i = 0; i < tidy.size(); ++i) {
    if (tidy[i] == '\r' && i + 1 < tidy.size() && tidy[i + 1] == '\n') ++i;
    if (tidy[i] == '\r' || tidy[i] == '\n') {
      out += "<br>";
    } else {
      out += tidy[i];
    }
  }
  return out;
}

std::optional<QrTooLong> LetterTemplate::find_long_qr_code(const Personalisation& values) const {
  // Without the two letters next to a colon somewhere there is no code; the common case stays cheap.
  std::string filled = body_html_.fill(values, {.lists = ListStyle::bullets, .missing = MissingStyle::shown});
  if (to_lower(filled).find("qr") == std::string::npos) return std::nullopt;
  filled += '\n';
  return find_long_qr(markdown::parse(filled).blocks);
}

bool LetterTemplate::is_empty(const Personalisation& values) const {
  return message_is_empty(body_.source(), api_body(values));
}

std::string letter_date(Date day, bool welsh) {
  auto month = static_cast<unsigned>(day.month());
  const auto& names = welsh ? kWelshMonths : kMonths;
  std::string_view name = month >= 1 && month <= names.size() ? names[month - 1] : std::string_view("?");
  return fmt::format("{} {} {}", static_cast<unsigned>(day.day()), name, static_cast<int>(day.year()));
}

}  // namespace postroom::content
