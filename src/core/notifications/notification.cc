#include "core/notifications/notification.h"

#include "base/json.h"

namespace postroom::notifications {

std::optional<UtcTime> completed_at(const Notification& notification) {
  if (!is_completed(notification.status)) return std::nullopt;
  return notification.updated_at;
}

std::string personal_part(const Notification& n) {
  std::string out;
  out.reserve(128 + n.to.size() + n.normalised_to.size() + n.personalisation.size());
  auto member = [&](std::string_view key, const std::string& value) {
    if (value.empty()) return;
    out += out.empty() ? '{' : ',';
    append_json_string(out, key);
    out += ':';
    append_json_string(out, value);
  };
  member("to", n.to);
  member("normalised_to", n.normalised_to);
  member("personalisation", n.personalisation);
  member("reply_to", n.reply_to);
  member("unsubscribe_url", n.unsubscribe_url);
  member("created_by_name", n.created_by_name);
  // Few emails have files: here it costs a column to nobody else.
  if (n.document_count > 0) {
    out += out.empty() ? '{' : ',';
    out += "\"document_count\":" + std::to_string(n.document_count);
  }
  out += out.empty() ? "{}" : "}";
  return out;
}

Result<void> restore_personal_part(Notification& n, std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) {
    return fail(ErrorKind::corrupt, "the personal part of notification " + n.id.text() + " does not read back");
  }
  const json::object& object = parsed->get_object();
  n.to = get_string(object, "to").value_or("");
  n.normalised_to = get_string(object, "normalised_to").value_or("");
  n.personalisation = get_string(object, "personalisation").value_or("");
  n.reply_to = get_string(object, "reply_to").value_or("");
  n.unsubscribe_url = get_string(object, "unsubscribe_url").value_or("");
  n.created_by_name = get_string(object, "created_by_name").value_or("");
  n.document_count = static_cast<int>(get_int(object, "document_count").value_or(0));
  return {};
}

}  // namespace postroom::notifications
