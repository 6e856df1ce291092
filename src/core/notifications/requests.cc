#include "core/notifications/requests.h"

#include "base/text.h"
#include "core/notifications/request_json.h"

namespace postroom::notifications {
namespace {

constexpr int kRetentionWeeksMax = 78;

tl::unexpected<FieldErrors> refused(FieldErrors errors) { return tl::unexpected<FieldErrors>(std::move(errors)); }

std::optional<recipients::PhoneNumber> read_phone_number(RequestReader& reader, std::string& given) {
  constexpr std::string_view kName = "phone_number";
  const json::value* value = reader.peek(kName);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    reader.refuse_type(kName, "string", *value);
    return std::nullopt;
  }
  given = std::string_view(value->get_string());
  auto number = recipients::PhoneNumber::parse(given);
  if (number) return std::move(*number);
  reader.refuse(kName, recipients::describe(number.error()));
  return std::nullopt;
}

std::optional<recipients::EmailAddress> read_email_address(RequestReader& reader) {
  constexpr std::string_view kName = "email_address";
  const json::value* value = reader.peek(kName);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    reader.refuse_type(kName, "string", *value);
    return std::nullopt;
  }
  auto address = recipients::EmailAddress::parse(value->get_string());
  if (address) return std::move(*address);
  reader.refuse(kName, address.error().message);
  return std::nullopt;
}

std::optional<Postage> read_caller_postage(RequestReader& reader) {
  const json::value* value = reader.peek("postage");
  if (value == nullptr) return std::nullopt;
  auto postage = value->is_string() ? parse_postage(value->get_string()) : std::nullopt;
  // Letters abroad get their postage from the address, once it has been read.
  if (postage == Postage::first || postage == Postage::second || postage == Postage::economy) return postage;
  reader.refuse("postage", "must be first, second or economy, not " + printable(*value));
  return std::nullopt;
}

// "N week" or "N weeks": any case, blanks around, one blank between.
std::optional<int> parse_weeks(std::string_view text) {
  std::string plain = to_lower(trim(text));
  auto blank = plain.find(' ');
  if (blank == std::string::npos) return std::nullopt;
  std::string_view unit = std::string_view(plain).substr(blank + 1);
  if (unit != "week" && unit != "weeks") return std::nullopt;
  std::string_view digits = std::string_view(plain).substr(0, blank);
  if (!digits.empty() && !is_ascii_digit(digits.front())) return std::nullopt;
  auto weeks = parse_int<int>(digits);
  if (!weeks || *weeks < 1 || *weeks > kRetentionWeeksMax) return std::nullopt;
  return weeks;
}

}  // namespace

std::optional<FieldErrors> check_document(const json::value& document, std::string_view body) {
  if (!document.is_object()) return FieldErrors{printable(document) + " is not of type object"};
  if (auto name = member_with_nul(document.get_object(), body)) {
    return FieldErrors{*name + " holds the character U+0000, remove it"};
  }
  return std::nullopt;
}

Checked<SmsRequest> parse_sms_request(json::value document, std::string_view body, UtcTime now) {
  if (auto faults = check_document(document, body)) return refused(std::move(*faults));
  RequestReader reader(document.get_object());
  auto reference = reader.text("reference", kClientReferenceCharactersMax);
  std::string given;
  auto number = read_phone_number(reader, given);
  auto template_id = reader.id("template_id");
  auto personalisation = reader.object("personalisation");
  auto scheduled_for = reader.time_ahead("scheduled_for", now, kMessageScheduleAheadMax);
  auto sender_id = reader.id("sms_sender_id");
  reader.require({"phone_number", "template_id"});
  reader.refuse_unexpected();
  if (!reader.ok() || !number || !template_id) return refused(reader.take_errors());
  return SmsRequest{.number = std::move(*number),
                    .phone_number = std::move(given),
                    .template_id = TemplateId{*template_id},
                    .personalisation = std::move(personalisation).value_or(json::object{}),
                    .reference = std::move(reference),
                    .sms_sender_id = sender_id,
                    .scheduled_for = scheduled_for};
}

Checked<EmailRequest> parse_email_request(json::value document, std::string_view body, UtcTime now) {
  if (auto faults = check_document(document, body)) return refused(std::move(*faults));
  RequestReader reader(document.get_object());
  auto reference = reader.text("reference", kClientReferenceCharactersMax);
  auto address = read_email_address(reader);
  auto template_id = reader.id("template_id");
  auto personalisation = reader.object("personalisation");
  auto scheduled_for = reader.time_ahead("scheduled_for", now, kMessageScheduleAheadMax);
  auto reply_to_id = reader.id("email_reply_to_id");
  auto unsubscribe_url = reader.https_url("one_click_unsubscribe_url");
  auto sanitise = reader.texts("sanitise_content_for");
  reader.require({"email_address", "template_id"});
  reader.refuse_unexpected();
  if (!reader.ok() || !address || !template_id) return refused(reader.take_errors());
  return EmailRequest{.address = std::move(*address),
                      .template_id = TemplateId{*template_id},
                      .personalisation = std::move(personalisation).value_or(json::object{}),
                      .reference = std::move(reference),
                      .email_reply_to_id = reply_to_id,
                      .one_click_unsubscribe_url = std::move(unsubscribe_url),
                      .sanitise_content_for = std::move(sanitise),
                      .scheduled_for = scheduled_for};
}

Checked<LetterRequest> parse_letter_request(json::value document, std::string_view body) {
  if (auto faults = check_document(document, body)) return refused(std::move(*faults));
  RequestReader reader(document.get_object());
  auto reference = reader.text("reference", kClientReferenceCharactersMax);
  auto template_id = reader.id("template_id");
  auto personalisation = reader.object("personalisation");
  reader.require({"template_id", "personalisation"});
  reader.refuse_unexpected();
  if (!reader.ok() || !template_id || !personalisation) return refused(reader.take_errors());
  return LetterRequest{.template_id = TemplateId{*template_id},
                       .personalisation = std::move(*personalisation),
                       .reference = std::move(reference)};
}

bool is_precompiled_letter_request(const json::value& document) {
  return document.is_object() && document.get_object().contains("content");
}

Checked<PrecompiledLetterRequest> parse_precompiled_letter_request(json::value document, std::string_view body) {
  if (auto faults = check_document(document, body)) return refused(std::move(*faults));
  RequestReader reader(document.get_object());
  auto reference = reader.text("reference");
  auto content = reader.text("content");
  auto postage = read_caller_postage(reader);
  reader.require({"reference", "content"});
  reader.refuse_unexpected();
  if (!reader.ok() || !reference || !content) return refused(reader.take_errors());
  return PrecompiledLetterRequest{
      .reference = std::move(*reference), .content = std::move(*content), .postage = postage};
}

Checked<PreviewRequest> parse_preview_request(json::value document, std::string_view body) {
  if (auto faults = check_document(document, body)) return refused(std::move(*faults));
  RequestReader reader(document.get_object());
  auto personalisation = reader.object("personalisation");
  if (!reader.ok()) return refused(reader.take_errors());
  return PreviewRequest{.personalisation = std::move(personalisation).value_or(json::object{})};
}

bool is_file(const json::value& value) { return value.is_object() && value.get_object().contains("file"); }

Checked<FileRequest> parse_file(const json::object& file) {
  json::object copy = file;
  RequestReader reader(copy);
  FileRequest out;
  if (auto content = reader.text("file")) out.content = std::move(*content);
  if (const json::value* name = reader.peek("filename"); name != nullptr && !name->is_null()) {
    if (name->is_string() && std::string_view(name->get_string()).find('.') != std::string_view::npos) {
      out.filename = std::string(name->get_string());
    } else {
      reader.refuse("filename", "must be a file name with an extension, not " + printable(*name));
    }
  }
  auto flag = [&](std::string_view name, bool& target) {
    const json::value* value = reader.peek(name);
    if (value == nullptr || value->is_null()) return;
    if (value->is_bool())
      target = value->get_bool();
    else
      reader.refuse(name, "must be true or false, not " + printable(*value));
  };
  flag("confirm_email_before_download", out.confirm_email_before_download);
  if (const json::value* period = reader.peek("retention_period"); period != nullptr && !period->is_null()) {
    auto weeks = period->is_string() ? parse_weeks(period->get_string()) : std::nullopt;
    if (weeks)
      out.retention_weeks = *weeks;
    else
      reader.refuse("retention_period", printable(*period) + " is not a period of 1 week to 78 weeks");
  }
  flag("is_csv", out.is_csv);
  reader.require({"file"});
  reader.refuse_unexpected();
  if (file.contains("is_csv") && file.contains("filename")) {
    reader.refuse("is_csv", "cannot be given together with filename, leave is_csv out");
  }
  if (!reader.ok()) return refused(reader.take_errors());
  return out;
}

}  // namespace postroom::notifications
