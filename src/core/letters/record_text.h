// The text of a letter as a print record carries it: the markup of the print house, in one line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/content/letter.h"
#include "core/content/template_text.h"
#include "core/letters/record.h"
#include "core/notifications/notification.h"
#include "core/notifications/template.h"

namespace postroom::letters {

// A body, filled and HTML-escaped, in the print house's markup.
std::string record_markup(std::string_view filled_html);

// One version of a letter template. Immutable and safe from several threads.
class RecordTemplate {
 public:
  explicit RecordTemplate(const notifications::Template& text);

  // "{date}<cr><cr><h1>{subject}<normal><cr><cr>{body}", dated `written_on`. A template with a Welsh part has that
  // before the English one, in the same form.
  std::string body(const content::Personalisation& values, Date written_on) const;
  // The template's own lines; `otherwise`, which is the service's, when it has none.
  std::vector<std::string> contact_lines(const content::Personalisation& values, std::string_view otherwise) const;

 private:
  // One language.
  struct Part {
    Part(const std::string& subject, const std::string& content, const std::string& contact_block)
        : letter(subject, content, contact_block), body(content, content::TemplateText::Markup::html) {}
    std::string write(const content::Personalisation& values, const std::string& date) const;

    content::LetterTemplate letter;
    content::TemplateText body;
  };

  std::optional<Part> welsh_;
  Part english_;
};

// The whole line of `letter`, written on that day. corrupt when its stored values do not read back; otherwise as
// record_line().
Result<std::string> record_of(const notifications::Notification& letter, const RecordTemplate& text,
                              std::string_view organisation, Date written_on);

}  // namespace postroom::letters
