#include "core/letters/response_notification.h"

#include "base/json.h"
#include "base/text.h"

namespace postroom::letters {
namespace {

const json::object* object_at(const json::value* value, std::string_view name) {
  if (!value || !value->is_object()) return nullptr;
  const json::value* member = value->as_object().if_contains(name);
  return member ? member->if_object() : nullptr;
}

// Records[0].s3.object.key
std::optional<std::string> first_key(const json::value& event) {
  if (!event.is_object()) return std::nullopt;
  const json::value* records = event.as_object().if_contains("Records");
  if (!records || !records->is_array() || records->as_array().empty()) return std::nullopt;
  const json::object* storage = object_at(&records->as_array().front(), "s3");
  const json::value* object = storage ? storage->if_contains("object") : nullptr;
  const json::value* key = object && object->is_object() ? object->as_object().if_contains("key") : nullptr;
  if (!key || !key->is_string()) return std::nullopt;
  return percent_decode(std::string_view(key->as_string()), true);
}

}  // namespace

Result<ResponseNotification> parse_response_notification(std::string_view body) {
  POSTROOM_TRY(document, parse_json(body));
  const json::object* object = document.if_object();
  if (!object) return fail(ErrorKind::invalid_input, "the message must be a JSON object");

  ResponseNotification out;
  const auto type = get_string(*object, "Type");
  if (type == "Notification")
    out.kind = ResponseNotification::Kind::notification;
  else if (type == "SubscriptionConfirmation")
    out.kind = ResponseNotification::Kind::subscription_confirmation;
  else
    return fail(ErrorKind::invalid_input, "Type must be Notification or SubscriptionConfirmation");

  const auto message_id = get_string(*object, "MessageId");
  if (!message_id) return fail(ErrorKind::invalid_input, "MessageId must be a string");
  out.message_id = *message_id;
  const json::value* message = object->if_contains("Message");
  if (!message || !(message->is_string() || message->is_object()))
    return fail(ErrorKind::invalid_input, "Message must be a string or an object");
  out.topic = get_string(*object, "TopicArn").value_or("");
  out.subscribe_url = get_string(*object, "SubscribeURL").value_or("");
  if (out.kind == ResponseNotification::Kind::subscription_confirmation) return out;

  if (message->is_object()) {
    out.key = first_key(*message);
  } else if (auto inner = parse_json(message->as_string())) {
    out.key = first_key(*inner);
  }
  return out;
}

}  // namespace postroom::letters
