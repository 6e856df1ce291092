#include "core/content/template_validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "core/content/autolink.h"
#include "core/content/display_text.h"
#include "core/content/email.h"
#include "core/content/letter.h"
#include "core/content/name_set.h"
#include "core/content/sms.h"
#include "core/content/text_rules.h"

namespace postroom::content {
namespace {

// Characters named in the message about those that phones cannot show.
constexpr std::size_t kNamedCharactersMax = 3;

constexpr std::array<std::string_view, 11> kFileExtensions = {"csv",  "jpeg", "jpg",  "png", "xlsx", "doc",
                                                              "docx", "pdf",  "json", "odt", "rtf"};
constexpr std::string_view kTextExtension = "txt";

using Faults = std::vector<TemplateFault>;

// The line, from 1, of the byte at `at`; 0 for npos.
std::size_t line_of(std::string_view text, std::size_t at) {
  if (at == std::string_view::npos) return 0;
  return static_cast<std::size_t>(std::ranges::count(text.substr(0, at), '\n')) + 1;
}

void require(Faults& faults, std::string_view field, std::string_view text) {
  if (trim_all(text).empty()) {
    faults.push_back({std::string(field), fmt::format("{} is empty; enter some text", field)});
  }
}

void check_encoding(Faults& faults, std::string_view field, std::string_view text) {
  if (!is_valid_utf8(text)) {
    faults.push_back({std::string(field), fmt::format("{} is not UTF-8 text; convert it first", field)});
  }
}

void check_name_length(Faults& faults, std::string_view name) {
  std::size_t length = to_utf32(name).size();
  if (length <= kTemplateNameMax) return;
  faults.push_back({"name", fmt::format("name has {} characters; it may have {}, so shorten it by {}", length,
                                        kTemplateNameMax, length - kTemplateNameMax)});
}

// A code is one paragraph, mostly of one line: the first line that is too long by itself is where it stands.
std::size_t line_of_qr_code(std::string_view content) {
  std::size_t line = 0;
  for (const std::string& text : split(content, '\n')) {
    ++line;
    if (text.size() > kQrBytesMax && LetterTemplate("", text).find_long_qr_code({})) return line;
  }
  return 0;
}

void check_qr_code(Faults& faults, std::string_view field, const std::string& content) {
  auto fault = LetterTemplate("", content).find_long_qr_code({});
  if (!fault) return;
  faults.push_back(
      {std::string(field),
       fmt::format("qr-code-too-long: a QR code in {} has {} bytes; it may have {}, so shorten its text "
                   "or link",
                   field, fault->bytes, fault->bytes_max),
       line_of_qr_code(content)});
}

void check_languages(Faults& faults, const TemplateDraft& draft) {
  bool subject = draft.welsh_subject.has_value();
  bool content = draft.welsh_content.has_value();
  if (!draft.languages) {
    if (subject == content) return;
    faults.push_back(
        {"welsh_content", "a bilingual letter needs welsh_subject and welsh_content; give both or neither"});
  } else if (*draft.languages == "english") {
    if (!subject && !content) return;
    faults.push_back({"languages", "languages is english, so leave out welsh_subject and welsh_content"});
  } else if (*draft.languages == "welsh_then_english") {
    if (subject && content) return;
    faults.push_back({"languages", "languages is welsh_then_english, so give welsh_subject and welsh_content"});
  } else {
    faults.push_back({"languages", fmt::format("languages is '{}', but must be english or welsh_then_english",
                                               *draft.languages)});
  }
}

void check_postage(Faults& faults, const TemplateDraft& draft) {
  if (!draft.postage || *draft.postage == "first" || *draft.postage == "second" || *draft.postage == "economy")
    return;
  faults.push_back(
      {"postage", fmt::format("postage is '{}', but must be first, second or economy", *draft.postage)});
}

void check_commas(Faults& faults, std::string_view field, std::string_view text) {
  for (const Placeholder& placeholder : TemplateText(std::string(text)).placeholders()) {
    if (placeholder.name.find(',') == std::string::npos) continue;
    faults.push_back({std::string(field),
                      fmt::format("the placeholder (({})) in {} has a comma in its name; remove the comma, because "
                                  "names head the columns of spreadsheets",
                                  placeholder.name, field),
                      line_of(text, text.find("((" + placeholder.name))});
  }
}

void check_sms_characters(Faults& faults, std::string_view content) {
  std::vector<std::string> named;
  std::size_t count = 0;
  std::size_t line = 0;
  for (char32_t c : SmsTemplate(std::string(content)).render({}).replaced) {
    std::string text;
    append_utf8(text, c);
    if (++count == 1) line = line_of(content, content.find(text));
    if (named.size() < kNamedCharactersMax) named.push_back(std::move(text));
  }
  if (count == 0) return;
  if (count > kNamedCharactersMax) named.back() = fmt::format("{} others", count - kNamedCharactersMax + 1);
  faults.push_back({"content",
                    fmt::format("content has characters that phones cannot show in a text message: {}; replace or "
                                "remove them",
                                phrase(named, {.before = "", .after = ""})),
                    line});
}

void check_contact_block(Faults& faults, std::string_view contact_block) {
  std::string_view contact = trim_all(contact_block);
  auto lines = static_cast<std::size_t>(std::ranges::count(contact, '\n')) + 1;
  if (lines <= kContactLinesMax) return;
  faults.push_back({"contact_block",
                    fmt::format("contact_block has {} lines; it may have {}, so remove {}", lines, kContactLinesMax,
                                lines - kContactLinesMax),
                    kContactLinesMax + 1});
}

bool has_known_extension(std::string_view name) {
  std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  std::string extension = to_lower(name.substr(dot + 1));
  return extension == kTextExtension || std::ranges::find(kFileExtensions, extension) != kFileExtensions.end();
}

void check_file(Faults& faults, const TemplateFileDraft& file) {
  auto refuse = [&](std::string message) { faults.push_back({"files", std::move(message)}); };
  std::size_t length = to_utf32(file.name).size();
  if (length > kTemplateFileNameMax) {
    refuse(fmt::format("the name of the file '{}' has {} characters; it may have {}, so rename it", file.name,
                       length, kTemplateFileNameMax));
  }
  if (file.name.find_first_of("()") != std::string::npos) {
    refuse(fmt::format("the name of the file '{}' has brackets, which mark placeholders; rename it", file.name));
  }
  if (!has_known_extension(file.name)) {
    refuse(fmt::format("the file '{}' is of a kind that cannot be sent; its name must end in {} or {}", file.name,
                       fmt::join(kFileExtensions, ", "), kTextExtension));
  }
  if (file.bytes > kTemplateFileBytesMax) {
    refuse(fmt::format("the file '{}' has {}; it may have {}, so make it smaller", file.name,
                       file_size_text(file.bytes), file_size_text(kTemplateFileBytesMax)));
  }
}

void check_files(Faults& faults, const TemplateDraft& draft) {
  if (draft.files.empty()) return;
  if (draft.channel != TemplateChannel::email) {
    faults.push_back({"files", "only emails can have files; remove them"});
    return;
  }
  NameSet names;
  for (const TemplateFileDraft& file : draft.files) {
    check_file(faults, file);
    if (!names.add(file.name)) {
      faults.push_back({"files", fmt::format("two files are called '{}'; rename one", file.name)});
    }
  }
  for (const Placeholder& placeholder : TemplateText(draft.subject).placeholders()) {
    if (!names.contains(placeholder.name)) continue;
    faults.push_back(
        {"subject", fmt::format("the subject has the file (({})), but a subject cannot have links; put "
                                "it into the content",
                                placeholder.name)});
  }
}

}  // namespace

bool message_is_empty(std::string_view content, std::string_view filled) {
  if (content.empty()) return true;
  return content.starts_with("((") && content.ends_with("))") && trim_unicode(filled).empty();
}

std::string describe(const TemplateFault& fault) {
  if (fault.line == 0) return fmt::format("{}: {}", fault.field, fault.message);
  return fmt::format("{}, line {}: {}", fault.field, fault.line, fault.message);
}

std::vector<TemplateFault> check_template(const TemplateDraft& draft) {
  Faults faults;
  check_encoding(faults, "name", draft.name);
  check_encoding(faults, "subject", draft.subject);
  check_encoding(faults, "content", draft.content);
  if (!faults.empty()) return faults;  // characters cannot be counted
  check_name_length(faults, draft.name);
  if (draft.channel != TemplateChannel::sms) require(faults, "subject", draft.subject);
  if (draft.channel == TemplateChannel::sms) {
    SmsText text = SmsTemplate(draft.content).render_without_values();
    if (auto length = check_sms_length(text.characters); !length)
      faults.push_back({"content", length.error().message});
  }
  if (draft.channel == TemplateChannel::letter) {
    check_languages(faults, draft);
    check_postage(faults, draft);
    check_qr_code(faults, "content", draft.content);
    if (draft.welsh_content) check_qr_code(faults, "welsh_content", *draft.welsh_content);
  }
  return faults;
}

std::vector<TemplateFault> check_template_form(const TemplateDraft& draft) {
  Faults faults;
  require(faults, "name", draft.name);
  require(faults, "content", draft.content);
  check_commas(faults, "content", draft.content);
  if (draft.channel == TemplateChannel::sms) check_sms_characters(faults, draft.content);
  if (draft.channel == TemplateChannel::letter) {
    check_commas(faults, "contact_block", draft.contact_block);
    check_contact_block(faults, draft.contact_block);
    if (draft.welsh_subject) require(faults, "welsh_subject", *draft.welsh_subject);
    if (draft.welsh_content) {
      require(faults, "welsh_content", *draft.welsh_content);
      check_commas(faults, "welsh_content", *draft.welsh_content);
    }
  }
  check_files(faults, draft);
  return faults;
}

std::optional<TemplateFault> check_display_name(std::string_view field, std::string_view name) {
  if (!has_link(name)) return std::nullopt;
  return TemplateFault{std::string(field),
                       fmt::format("{} has '{}', which phones and mail programs would make a link of; put a blank "
                                   "after the full stop or leave it out",
                                   field, first_link(name))};
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
