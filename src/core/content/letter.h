// Letters: the blocks that the printed page is set from, and what the API reports.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/content/template_text.h"

namespace postroom::content {

// Most bytes a QR code may hold, counted on the HTML-escaped text.
inline constexpr std::size_t kQrBytesMax = 504;

// All text is plain UTF-8 (nothing escaped), typography done, hyphens made non-breaking.
struct LetterSpan {
  std::string text;
  bool bold = false;

  friend bool operator==(const LetterSpan&, const LetterSpan&) = default;
};

struct LetterLine {
  std::vector<LetterSpan> spans;

  friend bool operator==(const LetterLine&, const LetterLine&) = default;
};

struct LetterHeading {
  std::vector<LetterLine> lines;

  friend bool operator==(const LetterHeading&, const LetterHeading&) = default;
};

struct LetterParagraph {
  std::vector<LetterLine> lines;

  friend bool operator==(const LetterParagraph&, const LetterParagraph&) = default;
};

struct LetterList;
struct LetterListItem {
  std::vector<LetterLine> lines;
  std::vector<LetterList> nested;

  friend bool operator==(const LetterListItem&, const LetterListItem&) = default;
};

struct LetterList {
  bool numbered = false;
  std::vector<LetterListItem> items;

  friend bool operator==(const LetterList&, const LetterList&) = default;
};

struct LetterPageBreak {
  friend bool operator==(const LetterPageBreak&, const LetterPageBreak&) = default;
};

struct LetterQrCode {
  std::string payload;

  friend bool operator==(const LetterQrCode&, const LetterQrCode&) = default;
};

using LetterBlock = std::variant<LetterHeading, LetterParagraph, LetterList, LetterPageBreak, LetterQrCode>;

// One language of a letter, ready for setting.
struct LetterDocument {
  std::string subject;                     // plain text
  std::vector<std::string> contact_lines;  // plain text, may be empty
  std::vector<LetterBlock> blocks;
};

struct QrTooLong {
  std::size_t bytes = 0;
  std::size_t bytes_max = kQrBytesMax;
  std::string payload;
};

// One language of a letter template. Immutable and safe from several threads.
class LetterTemplate {
 public:
  LetterTemplate(std::string subject, std::string content, std::string contact_block = {});

  const std::string& content() const { return body_.source(); }
  // Contact block, subject, body. For a bilingual letter merge: contact block, Welsh subject and body, English.
  std::vector<Placeholder> placeholders() const;
  std::vector<Placeholder> contact_placeholders() const;
  std::vector<Placeholder> text_placeholders() const;  // subject and body

  // As the API reports them: the subject HTML-escaped, the body as filled source.
  std::string api_subject(const Personalisation& values, MissingStyle missing = MissingStyle::shown) const;
  std::string api_body(const Personalisation& values, MissingStyle missing = MissingStyle::shown) const;

  LetterDocument render(const Personalisation& values, MissingStyle missing = MissingStyle::shown) const;
  // HTML for previews: p, h2, ul, ol, li, br, strong, <hr class="page-break"> and <img class="qr-code" alt=…>.
  std::string render_html(const Personalisation& values, MissingStyle missing = MissingStyle::shown) const;
  std::string render_contact_html(const Personalisation& values, MissingStyle missing = MissingStyle::shown) const;

  // The first QR code that holds too much, if there is one.
  std::optional<QrTooLong> find_long_qr_code(const Personalisation& values) const;
  bool is_empty(const Personalisation& values) const;

 private:
  std::string body_html(const Personalisation& values, MissingStyle missing) const;

  TemplateText subject_html_;
  TemplateText body_;
  TemplateText body_html_;
  TemplateText contact_html_;
};

// "2 January 2026", or with the Welsh name of the month.
std::string letter_date(Date day, bool welsh);

}  // namespace postroom::content
