#include "core/content/template_validation.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "core/content/email.h"
#include "core/content/letter.h"
#include "core/content/sms.h"
#include "core/content/text_rules.h"

namespace postroom::content {
namespace {

// Characters named in the message about those that phones cannot show.
constexpr std::size_t kNamedCharactersMax = 3;

void require(std::vector<TemplateFault>& faults, std::string_view field, std::string_view text) {
  if (trim_all(text).empty()) {
    faults.push_back({std::string(field), fmt::format("{} is empty; enter some text", field)});
  }
}

void check_name_length(std::vector<TemplateFault>& faults, std::string_view name) {
  std::size_t length = to_utf32(name).size();
  if (length <= kTemplateNameMax) return;
  faults.push_back({"name", fmt::format("name has {} characters; it may have {}, so shorten it by {}", length,
                                        kTemplateNameMax, length - kTemplateNameMax)});
}

void check_qr_code(std::vector<TemplateFault>& faults, std::string_view field, const std::string& content) {
  auto fault = LetterTemplate("", content).find_long_qr_code({});
  if (!fault) return;
  faults.push_back(
      {std::string(field), fmt::format("qr-code-too-long: a QR code in {} has {} bytes; it may have {}, "
                                       "so shorten its text or link",
                                       field, fault->bytes, fault->bytes_max)});
}

void check_commas(std::vector<TemplateFault>& faults, std::string_view field, std::string_view text) {
  for (const Placeholder& placeholder : TemplateText(std::string(text)).placeholders()) {
    if (placeholder.name.find(',') == std::string::npos) continue;
    faults.push_back({std::string(field), fmt::format("the placeholder (({})) in {} has a comma in its name; "
                                                      "remove the comma, because names head the columns of "
                                                      "spreadsheets",
                                                      placeholder.name, field)});
    return;
  }
}

void check_sms_characters(std::vector<TemplateFault>& faults, std::string_view content) {
  std::vector<std::string> named;
  std::size_t count = 0;
  for (char32_t c : SmsTemplate(std::string(content)).render({}).replaced) {
    ++count;
    if (named.size() < kNamedCharactersMax) {
      std::string text;
      append_utf8(text, c);
      named.push_back(std::move(text));
    }
  }
  if (count == 0) return;
  if (count > kNamedCharactersMax) named.back() = fmt::format("{} others", count - kNamedCharactersMax + 1);
  faults.push_back({"content", fmt::format("content has characters that phones cannot show in a text message: {}; "
                                           "replace or remove them",
                                           phrase(named, {.before = "", .after = ""}))});
}

}  // namespace

bool message_is_empty(std::string_view content, std::string_view filled) {
  if (content.empty()) return true;
  return content.starts_with("((") && content.ends_with("))") && trim_unicode(filled).empty();
}

std::vector<TemplateFault> check_template(const TemplateDraft& draft) {
  std::vector<TemplateFault> faults;
  check_name_length(faults, draft.name);
  if (draft.channel != TemplateChannel::sms) require(faults, "subject", draft.subject);
  if (draft.channel == TemplateChannel::sms) {
    SmsText text = SmsTemplate(draft.content).render_without_values();
    if (auto length = check_sms_length(text.characters); !length)
      faults.push_back({"content", length.error().message});
  }
  if (draft.channel == TemplateChannel::letter) {
    if (draft.welsh_subject.has_value() != draft.welsh_content.has_value()) {
      faults.push_back(
          {"welsh_content", "a bilingual letter needs welsh_subject and welsh_content; give both or neither"});
    }
    check_qr_code(faults, "content", draft.content);
    if (draft.welsh_content) check_qr_code(faults, "welsh_content", *draft.welsh_content);
  }
  return faults;
}

std::vector<TemplateFault> check_template_form(const TemplateDraft& draft) {
  std::vector<TemplateFault> faults;
  require(faults, "name", draft.name);
  require(faults, "content", draft.content);
  check_commas(faults, "content", draft.content);
  if (draft.channel == TemplateChannel::sms) check_sms_characters(faults, draft.content);
  if (draft.channel == TemplateChannel::letter) {
    check_commas(faults, "contact_block", draft.contact_block);
    if (draft.welsh_content) check_commas(faults, "welsh_content", *draft.welsh_content);
    auto contact = trim_all(draft.contact_block);
    auto lines = static_cast<std::size_t>(std::ranges::count(contact, '\n')) + 1;
    if (lines > kContactLinesMax) {
      faults.push_back({"contact_block", fmt::format("contact_block has {} lines; it may have {}, so remove {}",
                                                     lines, kContactLinesMax, lines - kContactLinesMax)});
    }
  }
  return faults;
}

Result<void> check_sms_length(std::size_t characters) {
  if (characters <= kSmsCharactersMax) return {};
  return fail(ErrorKind::invalid_input,
              fmt::format("the text message has {} characters; it may have {}, so shorten "
                          "it by {}",
                          characters, kSmsCharactersMax, characters - kSmsCharactersMax));
}

Result<void> check_email_length(std::size_t bytes) {
  if (bytes <= kEmailBytesMax) return {};
  return fail(ErrorKind::invalid_input,
              fmt::format("the email has {} bytes; it may have {}, so shorten its text or "
                          "link to long documents instead",
                          bytes, kEmailBytesMax));
}

}  // namespace postroom::content
