#include "flows/callbacks/delivery_callback.h"

#include "base/json.h"
#include "flows/callbacks/service_post.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

json::value time_or_null(const std::optional<UtcTime>& time) {
  if (!time) return nullptr;
  return json::value(format_rfc3339(*time));
}

// URL and token as they are now: a later change of the configuration does not reach what has happened.
ports::NewTask snapshot_task(const accounts::CallbackConfig& config, std::string_view kind, std::string subject,
                             std::string body, UtcTime run_at) {
  json::object snapshot{{"url", config.url}, {"token", config.bearer_token}, {"body", std::move(body)}};
  return {.queue = std::string(ports::kCallbackQueue),
          .kind = std::string(kind),
          .subject = std::move(subject),
          .payload = write_json(snapshot),
          .run_at = run_at};
}

}  // namespace

std::string delivery_callback_body(const notifications::Notification& n) {
  json::object body;
  body["id"] = n.id.text();
  body["reference"] = n.has_client_reference ? json::value(n.client_reference) : json::value(nullptr);
  body["to"] = n.to;
  body["status"] = to_string(n.status);
  body["created_at"] = format_rfc3339(n.created_at);
  body["completed_at"] = time_or_null(n.updated_at);
  body["sent_at"] = time_or_null(n.sent_at);
  body["notification_type"] = to_string(n.type);
  body["template_id"] = n.template_id.text();
  body["template_version"] = n.template_version;
  return write_json(body);
}

std::string complaint_callback_body(const notifications::Notification& n, const ComplaintNotice& complaint) {
  json::object body;
  body["notification_id"] = n.id.text();
  body["complaint_id"] = complaint.id;
  body["reference"] = n.has_client_reference ? json::value(n.client_reference) : json::value(nullptr);
  body["to"] = complaint.to;
  body["complaint_date"] = time_or_null(complaint.at);
  return write_json(body);
}

Result<std::optional<ports::NewTask>> DeliveryCallbacks::task_for(const notifications::Notification& notification) {
  POSTROOM_TRY(config, services_.callback(notification.service_id, accounts::CallbackType::delivery));
  if (!config) return std::optional<ports::NewTask>{};
  return std::optional(snapshot_task(*config, ports::kSendDeliveryStatus, notification.id.text(),
                                     delivery_callback_body(notification),
                                     notification.updated_at.value_or(notification.created_at)));
}

Result<std::optional<ports::NewTask>> DeliveryCallbacks::complaint_task_for(
    const notifications::Notification& notification, const ComplaintNotice& complaint, UtcTime now) {
  POSTROOM_TRY(config, services_.callback(notification.service_id, accounts::CallbackType::complaint));
  if (!config) return std::optional<ports::NewTask>{};
  return std::optional(snapshot_task(*config, ports::kSendComplaint, notification.id.text(),
                                     complaint_callback_body(notification, complaint), now));
}

Result<std::optional<ports::NewTask>> DeliveryCallbacks::returned_task_for(ServiceId service, NotificationId letter,
                                                                           std::string body, UtcTime now) {
  POSTROOM_TRY(config, services_.callback(service, accounts::CallbackType::returned));
  if (!config) return std::optional<ports::NewTask>{};
  return std::optional(snapshot_task(*config, ports::kSendReturnedLetter, letter.text(), std::move(body), now));
}

Result<void> send_callback(ports::HttpClient& client, BytesView payload) {
  auto parsed = parse_json(payload);
  if (!parsed || !parsed->is_object()) return fail(ErrorKind::corrupt, "a callback's snapshot does not read back");
  const json::object& snapshot = parsed->get_object();
  return post_to_service(client, get_string(snapshot, "url").value_or(""),
                         get_string(snapshot, "token").value_or(""), get_string(snapshot, "body").value_or(""));
}

}  // namespace postroom::flows
