#include "flows/callbacks/delivery_callback.h"

#include <fmt/format.h>

#include "base/json.h"
#include "flows/callbacks/snapshot.h"
#include "flows/callbacks/webhook_signature.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

json::value time_or_null(const std::optional<UtcTime>& time) {
  if (!time) return nullptr;
  return json::value(format_rfc3339(*time));
}

// URL and token as they are now: a later change of the configuration does not reach what has happened. `what` tells
// apart what happens to one subject.
ports::NewTask task_of(const accounts::CallbackConfig& config, std::string_view kind, std::string subject,
                       std::string_view what, std::string body, UtcTime now) {
  const auto id = callback_event_id(kind, subject, what);
  return snapshot_task(kind, {.id = id,
                              .endpoint = {config.service_id, config.type},
                              .subject = std::move(subject),
                              .url = config.url,
                              .token = config.bearer_token,
                              .body = std::move(body),
                              .happened_at = now});
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
  const UtcTime at = notification.updated_at.value_or(notification.created_at);
  return std::optional(task_of(*config, ports::kSendDeliveryStatus, notification.id.text(),
                               fmt::format("{} {}", to_string(notification.status), to_micros(at)),
                               delivery_callback_body(notification), at));
}

Result<std::optional<ports::NewTask>> DeliveryCallbacks::complaint_task_for(
    const notifications::Notification& notification, const ComplaintNotice& complaint, UtcTime now) {
  POSTROOM_TRY(config, services_.callback(notification.service_id, accounts::CallbackType::complaint));
  if (!config) return std::optional<ports::NewTask>{};
  return std::optional(task_of(*config, ports::kSendComplaint, notification.id.text(), complaint.id,
                               complaint_callback_body(notification, complaint), now));
}

Result<std::optional<ports::NewTask>> DeliveryCallbacks::returned_task_for(ServiceId service, NotificationId letter,
                                                                           std::string body, UtcTime now) {
  POSTROOM_TRY(config, services_.callback(service, accounts::CallbackType::returned));
  if (!config) return std::optional<ports::NewTask>{};
  return std::optional(task_of(*config, ports::kSendReturnedLetter, letter.text(), "", std::move(body), now));
}

}  // namespace postroom::flows
