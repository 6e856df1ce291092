#include "core/receipts/inbound_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "core/notifications/json_writer.h"
#include "core/recipients/phone_number.h"

namespace postroom::receipts {
namespace {

using notifications::JsonWriter;

std::string make_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) append_utf8(out, next_code_point(text, at));
  return out;
}

std::string canonical_sender(std::string_view sender) {
  auto number = recipients::PhoneNumber::parse(sender);
  return number ? number->normalised() : make_utf8(sender);
}

struct Field {
  std::string_view name;
  std::optional<std::string> value;
  std::size_t bytes_max = kFieldBytesMax;
};

Faults faults_of(std::initializer_list<Field> needed, SmsProvider provider) {
  Faults faults;
  for (const Field& field : needed) {
    if (!field.value) {
      faults.push_back(fmt::format("{}: {} is missing", display_name(provider), field.name));
    } else if (field.value->size() > field.bytes_max) {
      faults.push_back(
          fmt::format("{}: {} is longer than {} bytes", display_name(provider), field.name, field.bytes_max));
    }
  }
  return faults;
}

}  // namespace

std::string national_number(std::string_view number) {
  if (number.starts_with("44")) return "0" + std::string(number.substr(2));
  return std::string(number);
}

tl::expected<InboundMessage, Faults> read_mmg_message(const json::value& document) {
  if (!document.is_object()) return tl::unexpected(Faults{"MMG: the body is not a JSON object"});
  const json::object& object = document.get_object();
  auto sender = json_field(object, "MSISDN");
  auto number = json_field(object, "Number");
  auto text = json_field(object, "Message");
  auto reference = json_field(object, "ID");
  // Spelled as MMG spells it.
  auto date = json_field(object, "DateRecieved");
  auto faults = faults_of({{"MSISDN", sender},
                           {"Number", number},
                           {"Message", text, kInboundTextBytesMax},
                           {"ID", reference},
                           {"DateRecieved", date}},
                          SmsProvider::mmg);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return InboundMessage{.provider = SmsProvider::mmg,
                        .number = national_number(*number),
                        .sender = canonical_sender(*sender),
                        .content = decode_mmg_text(*text),
                        .provider_reference = std::move(*reference),
                        .sent_at = parse_rfc3339(decode_mmg_text(*date))};
}

tl::expected<InboundMessage, Faults> read_firetext_message(const Form& form) {
  auto sender = form_field(form, "source");
  auto number = form_field(form, "destination");
  auto text = form_field(form, "message");
  auto date = form_field(form, "time");
  auto faults = faults_of(
      {{"source", sender}, {"destination", number}, {"message", text, kInboundTextBytesMax}, {"time", date}},
      SmsProvider::firetext);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return InboundMessage{.provider = SmsProvider::firetext,
                        .number = national_number(*number),
                        .sender = canonical_sender(*sender),
                        .content = make_utf8(*text),
                        .provider_reference = "",
                        .sent_at = parse_rfc3339(decode_mmg_text(*date))};
}

InboundMessage inbound_message(SmsProvider provider, std::string_view number, std::string_view sender,
                               std::string_view content, std::string provider_reference) {
  if (number.starts_with('+')) number.remove_prefix(1);
  return InboundMessage{.provider = provider,
                        .number = national_number(number),
                        .sender = canonical_sender(sender),
                        .content = make_utf8(content),
                        .provider_reference = std::move(provider_reference),
                        .sent_at = std::nullopt};
}

tl::expected<InboundMessage, Faults> read_twilio_message(const Form& form) {
  auto sender = form_field(form, "From");
  auto number = form_field(form, "To");
  auto text = form_field(form, "Body");
  auto reference = form_field(form, "MessageSid");
  auto faults =
      faults_of({{"From", sender}, {"To", number}, {"Body", text, kInboundTextBytesMax}, {"MessageSid", reference}},
                SmsProvider::twilio);
  if (!faults.empty()) return tl::unexpected(std::move(faults));
  return inbound_message(SmsProvider::twilio, *number, *sender, *text, std::move(*reference));
}

std::string personal_part(const InboundText& text) {
  JsonWriter out(text.content.size() + 64);
  out.open().text("user_number", text.user_number).text("content", text.content).close();
  return out.take();
}

Result<void> restore_personal_part(InboundText& text, std::string_view document) {
  auto parsed = parse_json(document);
  const json::object* object = parsed ? parsed->if_object() : nullptr;
  auto number = object != nullptr ? get_string(*object, "user_number") : std::nullopt;
  auto content = object != nullptr ? get_string(*object, "content") : std::nullopt;
  if (!number || !content) {
    return fail(ErrorKind::corrupt, "the personal part of received text " + text.id.text() + " does not read back");
  }
  text.user_number = std::move(*number);
  text.content = std::move(*content);
  return {};
}

std::string inbound_texts_json(const notifications::WireContext& wire, const std::vector<InboundText>& texts) {
  const std::string here = wire.base_url + "/v2/received-text-messages";
  JsonWriter out;
  out.open().open_array("received_text_messages");
  for (const InboundText& text : texts) {
    JsonWriter item(text.content.size() + 320);
    item.open()
        .text("id", text.id.text())
        .text("created_at", format_rfc3339(text.created_at))
        .text("service_id", text.service_id.text())
        .text("notify_number", text.notify_number)
        .text("user_number", text.user_number)
        .text("content", text.content)
        .close();
    out.raw_item(item.take());
  }
  out.close_array().open("links").text("current", here);
  if (!texts.empty()) out.text("next", here + "?older_than=" + texts.back().id.text());
  out.close().close();
  return out.take();
}

std::string inbound_callback_json(const InboundText& text) {
  JsonWriter out(text.content.size() + 320);
  out.open()
      .text("id", text.id.text())
      .text("source_number", text.user_number)
      .text("destination_number", text.notify_number)
      .text("message", text.content)
      .text("date_received", format_rfc3339(text.provider_date))
      .close();
  return out.take();
}

}  // namespace postroom::receipts
