#include "flows/callbacks/snapshot.h"

#include "base/json.h"
#include "flows/callbacks/webhook_signature.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

using accounts::CallbackType;

CallbackType type_of(std::string_view kind) {
  if (kind == ports::kSendComplaint) return CallbackType::complaint;
  if (kind == ports::kSendReturnedLetter) return CallbackType::returned;
  if (kind == ports::kSendInboundSms) return CallbackType::inbound;
  return CallbackType::delivery;
}

Bytes payload_of(const CallbackSnapshot& s) {
  json::object out{{"id", s.id.text()},
                   {"service", s.endpoint.service_id.text()},
                   {"type", accounts::to_string(s.endpoint.type)},
                   {"at", to_micros(s.happened_at)},
                   {"url", s.url},
                   {"token", s.token},
                   {"body", s.body}};
  return write_json(out);
}

}  // namespace

ports::NewTask snapshot_task(std::string_view kind, const CallbackSnapshot& s) {
  return {.queue = std::string(ports::kCallbackQueue),
          .kind = std::string(kind),
          .subject = s.subject,
          .payload = payload_of(s),
          .run_at = s.happened_at,
          .unique_key = {}};
}

ports::NewTask replay_task(const ports::CallbackEvent& event, UtcTime now) {
  return {.queue = std::string(ports::kCallbackQueue),
          .kind = std::string(ports::kReplayCallback),
          .subject = event.subject,
          .payload = payload_of({.id = event.id,
                                 .endpoint = event.endpoint,
                                 .subject = event.subject,
                                 .url = {},
                                 .token = {},
                                 .body = event.body,
                                 .happened_at = event.happened_at}),
          .run_at = now,
          .unique_key = "callback:" + event.id.text()};
}

Result<CallbackSnapshot> read_snapshot(const ports::ClaimedTask& task) {
  auto parsed = parse_json(task.payload);
  if (!parsed || !parsed->is_object()) return fail(ErrorKind::corrupt, "a callback's snapshot does not read back");
  const json::object& in = parsed->get_object();
  CallbackSnapshot out;
  out.subject = task.subject;
  out.url = get_string(in, "url").value_or("");
  out.token = get_string(in, "token").value_or("");
  out.body = get_string(in, "body").value_or("");
  out.endpoint.service_id = ServiceId::parse(get_string(in, "service").value_or("")).value_or(ServiceId{});
  out.endpoint.type =
      accounts::parse_callback_type(get_string(in, "type").value_or("")).value_or(type_of(task.kind));
  const auto at = get_int(in, "at");
  out.happened_at = at ? from_micros(*at) : task.enqueued_at;
  const auto id = ports::CallbackEventId::parse(get_string(in, "id").value_or(""));
  out.id = id ? *id : callback_event_id(task.kind, task.subject, out.body);
  return out;
}

}  // namespace postroom::flows
