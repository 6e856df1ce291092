// What a template and a message may be: emptiness, lengths, names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/content/template_text.h"

namespace postroom::content {

inline constexpr std::size_t kTemplateNameMax = 255;  // code points
inline constexpr std::size_t kContactLinesMax = 10;

// True when an email or letter would say nothing: the content is empty, or it starts and ends with a
// placeholder and the filled and trimmed text is empty.
bool message_is_empty(std::string_view content, std::string_view filled);

enum class TemplateChannel { sms, email, letter };

struct TemplateDraft {
  TemplateChannel channel = TemplateChannel::sms;
  std::string name;
  std::string subject;
  std::string content;
  std::string contact_block;
  std::optional<std::string> welsh_subject;
  std::optional<std::string> welsh_content;
};

struct TemplateFault {
  std::string field;    // "name", "subject", "content", …
  std::string message;  // for a person, names the limit and the remedy

  friend bool operator==(const TemplateFault&, const TemplateFault&) = default;
};

// What the API refuses when a template is created or changed.
std::vector<TemplateFault> check_template(const TemplateDraft& draft);
// What a form refuses in addition.
std::vector<TemplateFault> check_template_form(const TemplateDraft& draft);

// Lengths at sending time; `filled` as the API reports the body.
Result<void> check_sms_length(std::size_t characters);
Result<void> check_email_length(std::size_t bytes);

}  // namespace postroom::content
