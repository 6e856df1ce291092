#include "flows/callbacks/delivery_callback.h"

#include <fmt/format.h>

#include "base/json.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

constexpr std::chrono::seconds kTimeout{5};
constexpr std::size_t kAnswerBytesMax = 64 * 1024;

json::value time_or_null(const std::optional<UtcTime>& time) {
  if (!time) return nullptr;
  return json::value(format_rfc3339(*time));
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

Result<std::optional<ports::NewTask>> DeliveryCallbacks::task_for(const notifications::Notification& notification) {
  POSTROOM_TRY(config, services_.callback(notification.service_id, accounts::CallbackType::delivery));
  if (!config) return std::optional<ports::NewTask>{};
  json::object snapshot{
      {"url", config->url}, {"token", config->bearer_token}, {"body", delivery_callback_body(notification)}};
  return std::optional(ports::NewTask{.queue = std::string(ports::kCallbackQueue),
                                      .kind = std::string(ports::kSendDeliveryStatus),
                                      .subject = notification.id.text(),
                                      .payload = write_json(snapshot),
                                      .run_at = notification.updated_at.value_or(notification.created_at)});
}

Result<void> send_callback(ports::HttpClient& client, BytesView payload) {
  auto parsed = parse_json(payload);
  if (!parsed || !parsed->is_object()) return fail(ErrorKind::corrupt, "a callback's snapshot does not read back");
  const json::object& snapshot = parsed->get_object();
  ports::HttpRequest request;
  request.method = "POST";
  request.url = get_string(snapshot, "url").value_or("");
  request.headers = {{"Content-Type", "application/json"},
                     {"Authorization", "Bearer " + get_string(snapshot, "token").value_or("")}};
  request.body = get_string(snapshot, "body").value_or("");
  request.connect_timeout = kTimeout;
  request.timeout = kTimeout;
  request.response_bytes_max = kAnswerBytesMax;
  POSTROOM_TRY(response, client.send(request));
  if (response.status >= 200 && response.status < 300) return {};
  if (response.status == 429 || response.status >= 500) {
    return fail(ErrorKind::retry_later, fmt::format("the receiver answered {}", response.status));
  }
  return fail(ErrorKind::rejected,
              fmt::format("the receiver answered {}, which is not tried again", response.status));
}

}  // namespace postroom::flows
