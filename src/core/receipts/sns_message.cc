#include "core/receipts/sns_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"

namespace postroom::receipts {
namespace {

using Kind = SnsMessage::Kind;

std::string_view type_of(Kind kind) {
  switch (kind) {
    case Kind::notification: return "Notification";
    case Kind::subscription_confirmation: return "SubscriptionConfirmation";
    case Kind::unsubscribe_confirmation: return "UnsubscribeConfirmation";
  }
  return "";
}

std::optional<Kind> kind_of(std::string_view type) {
  for (Kind kind : {Kind::notification, Kind::subscription_confirmation, Kind::unsubscribe_confirmation}) {
    if (type_of(kind) == type) return kind;
  }
  return std::nullopt;
}

Result<std::string> needed(const json::object& object, std::string_view name) {
  auto value = get_string(object, name);
  if (!value || value->empty()) return fail(ErrorKind::invalid_input, fmt::format("{} must be a string", name));
  return std::move(*value);
}

}  // namespace

Result<SnsMessage> parse_sns_message(std::string_view body) {
  POSTROOM_TRY(document, parse_json(body));
  const json::object* object = document.if_object();
  if (object == nullptr) return fail(ErrorKind::invalid_input, "the message must be a JSON object");
  SnsMessage out;
  POSTROOM_TRY(type, needed(*object, "Type"));
  auto kind = kind_of(type);
  if (!kind) {
    return fail(ErrorKind::invalid_input,
                "Type must be Notification, SubscriptionConfirmation or UnsubscribeConfirmation");
  }
  out.kind = *kind;
  POSTROOM_TRY(message_id, needed(*object, "MessageId"));
  POSTROOM_TRY(topic, needed(*object, "TopicArn"));
  POSTROOM_TRY(message, needed(*object, "Message"));
  POSTROOM_TRY(timestamp, needed(*object, "Timestamp"));
  POSTROOM_TRY(signature_text, needed(*object, "Signature"));
  POSTROOM_TRY(certificate_url, needed(*object, "SigningCertURL"));
  auto version = get_string(*object, "SignatureVersion");
  if (version != "1" && version != "2")
    return fail(ErrorKind::invalid_input, "SignatureVersion must be \"1\" or \"2\"");
  auto signature = from_base64(signature_text);
  if (!signature) return fail(ErrorKind::invalid_input, "Signature must be base64");
  out.message_id = std::move(message_id);
  out.topic = std::move(topic);
  out.message = std::move(message);
  out.timestamp = std::move(timestamp);
  out.certificate_url = std::move(certificate_url);
  out.signature_version = *version == "1" ? 1 : 2;
  out.signature = std::move(*signature);
  auto subject = get_string(*object, "Subject");
  out.has_subject = subject.has_value();
  out.subject = std::move(subject).value_or("");
  if (out.kind == Kind::notification) return out;
  POSTROOM_TRY(token, needed(*object, "Token"));
  POSTROOM_TRY(subscribe_url, needed(*object, "SubscribeURL"));
  out.token = std::move(token);
  out.subscribe_url = std::move(subscribe_url);
  return out;
}

std::string signed_text(const SnsMessage& m) {
  std::string out;
  auto add = [&out](std::string_view name, std::string_view value) {
    out.append(name).append("\n").append(value).append("\n");
  };
  // The order is part of the format: by name.
  add("Message", m.message);
  add("MessageId", m.message_id);
  if (m.kind == Kind::notification) {
    if (m.has_subject) add("Subject", m.subject);
  } else {
    add("SubscribeURL", m.subscribe_url);
  }
  add("Timestamp", m.timestamp);
  if (m.kind != Kind::notification) add("Token", m.token);
  add("TopicArn", m.topic);
  add("Type", type_of(m.kind));
  return out;
}

bool is_sns_url(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::string_view kService = "sns.";
  if (!url.starts_with(kScheme)) return false;
  url.remove_prefix(kScheme.size());
  std::string_view host = url.substr(0, url.find_first_of("/?#"));
  if (host.size() == url.size() || url[host.size()] != '/' || !host.starts_with(kService)) return false;
  host.remove_prefix(kService.size());
  for (std::string_view domain : {".amazonaws.com", ".amazonaws.com.cn"}) {
    if (!host.ends_with(domain)) continue;
    std::string_view region = host.substr(0, host.size() - domain.size());
    return !region.empty() && std::all_of(region.begin(), region.end(), [](char c) {
      return is_ascii_lower(c) || is_ascii_digit(c) || c == '-';
    });
  }
  return false;
}

}  // namespace postroom::receipts
