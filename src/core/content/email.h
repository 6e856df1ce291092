// Emails: subject, plain text and HTML of one template.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/content/template_text.h"

namespace postroom::content {

// Longest body, in bytes of UTF-8 of the filled source, without the unsubscribe footer.
inline constexpr std::size_t kEmailBytesMax = 2'000'000;
// Longest preview text, in code points.
inline constexpr std::size_t kPreheaderMax = 256;

// How a service's emails look. Everything is escaped when it is written.
struct EmailBrand {
  // The platform's banner and the brand's logo block; either; or a banner of the brand alone.
  enum class Layout { platform, both, brand, brand_banner };

  Layout layout = Layout::platform;
  bool platform_banner = true;  // false: not even where the layout has it
  std::string platform_name = "Postroom";
  std::string platform_url;                 // empty: the banner links nowhere
  std::string platform_colour = "#0b5c6b";  // "#" and six hexadecimal digits, as all colours here
  std::string platform_logo_url;            // shown before the name; empty: none
  std::string footer_text;                  // below every email, lines kept; empty: none
  std::string name;                         // text beside the logo; empty: none
  std::string alt_text;                     // for a logo without text
  std::string logo_url;                     // empty: none
  std::string colour;                       // of border or banner; empty: none, #1b1f24 for the banner
};

// What follows the plain text of an email of this brand; may be empty.
std::string plain_footer(const EmailBrand& brand);

struct EmailOptions {
  MissingStyle missing = MissingStyle::shown;
  std::string unsubscribe_url;                                 // empty: no footer
  std::string unsubscribe_text = "Stop getting these emails";  // text of the footer's link
  std::vector<std::string> unlinked_domains = {"gov.uk"};      // kept from being linked by mail programs
};

// Immutable and safe from several threads.
class EmailTemplate {
 public:
  EmailTemplate(std::string subject, std::string content);

  const std::string& subject() const { return subject_.source(); }
  const std::string& content() const { return body_.source(); }
  std::vector<Placeholder> placeholders() const;  // subject, then body

  // For the header and the API: one line, not escaped.
  std::string render_subject(const Personalisation& values, MissingStyle missing = MissingStyle::shown) const;
  std::string render_subject_html(const Personalisation& values, MissingStyle missing = MissingStyle::shown) const;
  // The source with placeholders filled and trimmed, as the API reports it; Markdown is not rendered.
  std::string api_body(const Personalisation& values, MissingStyle missing = MissingStyle::shown) const;
  // The HTML of the body alone, as the API's preview reports it.
  std::string render_html_fragment(const Personalisation& values, const EmailOptions& options = {}) const;
  std::string render_plain(const Personalisation& values, const EmailOptions& options = {}) const;
  // The line that mail programs show beside the subject.
  std::string render_preheader(const Personalisation& values, const EmailOptions& options = {}) const;
  // The whole document; without `complete` only what stands in its body element.
  std::string render_html(const Personalisation& values, const EmailBrand& brand, const EmailOptions& options = {},
                          bool complete = true) const;

  // See message_is_empty in template_validation.h.
  bool is_empty(const Personalisation& values) const;

 private:
  std::string fill_html(const Personalisation& values, const EmailOptions& options) const;

  TemplateText subject_;
  TemplateText subject_html_;
  TemplateText body_;
  TemplateText body_html_;
};

// Shorthand for one-off rendering.
std::string render_email_subject(const EmailTemplate& text, const Personalisation& values);
std::string render_email_plain(const EmailTemplate& text, const Personalisation& values,
                               const EmailOptions& options = {});
std::string render_email_html(const EmailTemplate& text, const Personalisation& values, const EmailBrand& brand,
                              const EmailOptions& options = {});
std::string api_email_body(const EmailTemplate& text, const Personalisation& values);

}  // namespace postroom::content
