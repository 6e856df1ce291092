#include "core/content/email.h"

#include "base/text.h"
#include "core/content/email_direction.h"
#include "core/content/email_document.h"
#include "core/content/html_entities.h"
#include "core/content/markdown.h"
#include "core/content/markdown_email_style.h"
#include "core/content/markdown_writers.h"
#include "core/content/template_validation.h"
#include "core/content/text_rules.h"
#include "core/content/typography.h"

namespace postroom::content {
namespace {

constexpr std::string_view kZeroWidthSpace = "\u200B";

std::size_t domain_length_at(std::string_view text, const std::vector<std::string>& domains) {
  for (const std::string& domain : domains) {
    if (!equals_ignoring_case(text.substr(0, domain.size()), domain)) continue;
    std::string_view after = text.substr(domain.size(), 1);
    if (after != "/" && after != "?" && after != "#") return domain.size();
  }
  return 0;
}

// Mail programs make links of bare domains; an invisible blank after the dot stops them.
std::string break_domains(std::string_view text, const std::vector<std::string>& domains) {
  std::string out;
  out.reserve(text.size());
  bool at_word = true;
  for (std::size_t i = 0; i < text.size();) {
    if (at_word) {
      bool marked = text[i] == '#' || text[i] == '*' || text[i] == '^';
      std::size_t begin = i + (marked ? 1 : 0);
      if (std::size_t length = domain_length_at(text.substr(begin), domains)) {
        if (marked) out += text[i];
        for (char c : text.substr(begin, length)) {
          out += c;
          if (c == '.') out += kZeroWidthSpace;
        }
        i = begin + length;
        at_word = false;
        continue;
      }
    }
    std::size_t space = space_length_at(text, i);
    at_word = space != 0;
    out += text.substr(i, std::max<std::size_t>(space, 1));
    i += std::max<std::size_t>(space, 1);
  }
  return out;
}

// What lies between filling and Markdown.
std::string prepare_body(std::string filled, const EmailOptions& options) {
  filled = break_domains(filled, options.unlinked_domains);
  // LINE SEPARATOR and HANGUL FILLER upset mail programs.
  if (filled.find("\u2028") != std::string::npos) filled = replace_all(filled, "\u2028", "");
  if (filled.find("\u3164") != std::string::npos) filled = replace_all(filled, "\u3164", "");
  filled += '\n';
  return filled;
}

std::string with_footer(std::string filled, const EmailOptions& options, bool html) {
  if (options.unsubscribe_url.empty()) return filled;
  std::string footer = "\n\n---\n\n[" + options.unsubscribe_text + "](" + options.unsubscribe_url + ")";
  filled += html ? escape_markup(footer) : footer;
  return filled;
}

std::string shorten(std::string_view text, std::size_t characters) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < characters && end < text.size(); ++i) next_code_point(text, end);
  return std::string(text.substr(0, end));
}

std::string collapse_space(std::string_view text) {
  std::string out;
  bool pending = false;
  for (std::size_t i = 0; i < text.size();) {
    if (std::size_t space = space_length_at(text, i)) {
      pending = true;
      i += space;
      continue;
    }
    if (pending && !out.empty()) out += ' ';
    pending = false;
    out += text[i++];
  }
  return out;
}

// `filled` is escaped.
std::string write_fragment(std::string filled, const EmailOptions& options, bool right_to_left) {
  std::string source = prepare_body(with_footer(std::move(filled), options, true), options);
  return markdown::style_email_html(nice_typography(markdown::write_email_html(markdown::parse(source))),
                                    right_to_left);
}

std::string write_preheader(std::string filled, const EmailOptions& options) {
  std::string source = prepare_body(std::move(filled), options);
  std::string text =
      nice_typography(markdown::write_plain(markdown::parse(source), markdown::PlainForm::preheader));
  return std::string(trim_unicode(shorten(collapse_space(text), kPreheaderMax)));
}

std::string finish_subject(std::string filled) { return normalise_space(nice_typography(std::move(filled))); }

}  // namespace

EmailTemplate::EmailTemplate(std::string subject, std::string content)
    : subject_(subject),
      subject_html_(std::move(subject), TemplateText::Markup::html),
      body_(content),
      body_html_(std::move(content), TemplateText::Markup::html) {}

std::vector<Placeholder> EmailTemplate::placeholders() const {
  std::vector<Placeholder> list = subject_.placeholders();
  merge_placeholders(list, body_.placeholders());
  return list;
}

std::string EmailTemplate::render_subject(const Personalisation& values, MissingStyle missing) const {
  return finish_subject(subject_.fill(values, {.lists = ListStyle::phrase, .missing = missing}));
}

std::string EmailTemplate::render_subject_html(const Personalisation& values, MissingStyle missing) const {
  return finish_subject(subject_html_.fill(values, {.lists = ListStyle::phrase, .missing = missing}));
}

std::string EmailTemplate::api_body(const Personalisation& values, MissingStyle missing) const {
  return std::string(trim_unicode(body_.fill(values, {.lists = ListStyle::bullets, .missing = missing})));
}

std::string EmailTemplate::fill_html(const Personalisation& values, const EmailOptions& options) const {
  return body_html_.fill(values, {.lists = ListStyle::bullets, .missing = options.missing});
}

std::string EmailTemplate::render_html_fragment(const Personalisation& values, const EmailOptions& options) const {
  std::string filled = fill_html(values, options);
  bool right_to_left = reads_right_to_left(filled);
  return write_fragment(std::move(filled), options, right_to_left);
}

std::string EmailTemplate::render_plain(const Personalisation& values, const EmailOptions& options) const {
  std::string filled = body_.fill(values, {.lists = ListStyle::bullets, .missing = options.missing});
  std::string source = prepare_body(with_footer(std::move(filled), options, false), options);
  std::string text = nice_typography(markdown::write_plain(markdown::parse(source), markdown::PlainForm::body));
  std::string result(trim_unicode_left(decode_entities(text)));
  result += '\n';
  return result;
}

std::string EmailTemplate::render_preheader(const Personalisation& values, const EmailOptions& options) const {
  return write_preheader(fill_html(values, options), options);
}

std::string EmailTemplate::render_html(const Personalisation& values, const EmailBrand& brand,
                                       const EmailOptions& options, bool complete) const {
  std::string filled = fill_html(values, options);
  bool right_to_left = reads_right_to_left(filled);
  std::string preheader = write_preheader(filled, options);
  return email_document({.subject_html = render_subject_html(values, options.missing),
                         .preheader_html = std::move(preheader),
                         .fragment = write_fragment(std::move(filled), options, right_to_left),
                         .right_to_left = right_to_left,
                         .complete = complete},
                        brand);
}

bool EmailTemplate::is_empty(const Personalisation& values) const {
  return message_is_empty(body_.source(), api_body(values));
}

std::string render_email_subject(const EmailTemplate& text, const Personalisation& values) {
  return text.render_subject(values);
}

std::string render_email_plain(const EmailTemplate& text, const Personalisation& values,
                               const EmailOptions& options) {
  return text.render_plain(values, options);
}

std::string render_email_html(const EmailTemplate& text, const Personalisation& values, const EmailBrand& brand,
                              const EmailOptions& options) {
  return text.render_html(values, brand, options);
}

std::string api_email_body(const EmailTemplate& text, const Personalisation& values) {
  return text.api_body(values);
}

}  // namespace postroom::content
