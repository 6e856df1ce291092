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
inline constexpr std::size_t kTemplateFileNameMax = 100;               // code points
inline constexpr std::size_t kTemplateFileBytesMax = 2 * 1024 * 1024;  // 2 MiB

// True when an email or letter would say nothing: the content is empty, or it starts and ends with a
// placeholder and the filled and trimmed text is empty.
bool message_is_empty(std::string_view content, std::string_view filled);

enum class TemplateChannel { sms, email, letter };

// A file that goes with every email of a template. Its name is the placeholder that its link stands for.
struct TemplateFileDraft {
  std::string name;
  std::size_t bytes = 0;
};

struct TemplateDraft {
  TemplateChannel channel = TemplateChannel::sms;
  std::string name;
  std::string subject;
  std::string content;
  std::string contact_block;
  std::optional<std::string> languages;  // letters: "english" or "welsh_then_english"; absent: as the texts say
  std::optional<std::string> welsh_subject;
  std::optional<std::string> welsh_content;
  std::optional<std::string> postage;  // letters: "first", "second" or "economy"; absent: second
  std::vector<TemplateFileDraft> files;
};

struct TemplateFault {
  std::string field;     // "name", "subject", "content", …
  std::string message;   // for a person, names the limit and the remedy
  std::size_t line = 0;  // of the field's text, from 1; 0 when the fault is of the field as a whole

  friend bool operator==(const TemplateFault&, const TemplateFault&) = default;
};
// "content, line 3: …".
std::string describe(const TemplateFault& fault);

// What the API refuses when a template is created or changed. Whether the service may use the channel and has the
// sender's address are the caller's to check.
std::vector<TemplateFault> check_template(const TemplateDraft& draft);
// What a form refuses in addition.
std::vector<TemplateFault> check_template_form(const TemplateDraft& draft);

// Names of services and organisations stand in messages, where mail programs and phones would make links of them.
// Nothing when the name is fine.
std::optional<TemplateFault> check_display_name(std::string_view field, std::string_view name);

// Lengths at sending time; `filled` as the API reports the body.
Result<void> check_sms_length(std::size_t characters);
Result<void> check_email_length(std::size_t bytes);

}  // namespace postroom::content
