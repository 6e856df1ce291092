#include "app/sandbox_api.h"

#include <fmt/format.h>

#include "base/text.h"

namespace postroom::app {
namespace {

constexpr std::int64_t kDrainSecondsDefault = 30;
constexpr std::int64_t kDrainSecondsMax = 600;
constexpr std::int64_t kAdvanceSecondsMax = 400LL * 24 * 3600;

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input: return 400;
    case ErrorKind::not_found: return 404;
    case ErrorKind::conflict: return 409;
    case ErrorKind::forbidden: return 403;
    case ErrorKind::retry_later: return 503;
    case ErrorKind::rejected: return 422;
    case ErrorKind::corrupt:
    case ErrorKind::internal: return 500;
  }
  return 500;
}

http::Response answer(const json::value& value) { return http::Response::json(200, write_json(value) + "\n"); }

// The body as an object; an empty body is an empty object.
Result<json::object> body_of(const http::Request& request) {
  if (trim(request.body).empty()) return json::object{};
  POSTROOM_TRY(value, parse_json(request.body));
  if (!value.is_object()) return fail(ErrorKind::invalid_input, "the body must be a JSON object");
  return value.get_object();
}

json::object describe(const DrainResult& result) {
  return {{"drained", result.drained}, {"due", result.due}, {"waiting", result.waiting}, {"buried", result.buried}};
}

http::Response list_messages(Parts& parts, const http::Request& request) {
  fakes::SandboxFilter filter;
  filter.type = request.query_value("type").value_or("");
  filter.to = request.query_value("to").value_or("");
  if (auto since = request.query_value("since")) {
    filter.since = parse_rfc3339(*since);
    if (!filter.since)
      return error_response(
          {ErrorKind::invalid_input, "since must be an RFC 3339 time, such as 2026-03-02T09:15:00Z"});
  }
  // Written message by message: a hundred thousand of them as one tree would take far more memory.
  std::string body = "[";
  bool first = true;
  for (const fakes::SandboxMessage& message : parts.outbox->messages(filter)) {
    if (!first) body += ',';
    first = false;
    body += write_json(fakes::to_json(message));
  }
  return http::Response::json(200, body + "]\n");
}

http::Response show_clock(Parts& parts, const http::Request&) {
  return answer(json::object{
      {"now", format_rfc3339(parts.clock.now())},
      {"offset_seconds", std::chrono::duration_cast<std::chrono::seconds>(parts.clock.offset()).count()},
      {"time_zone", parts.zone.name()}});
}

Result<UtcTime> clock_target(Parts& parts, const json::object& body) {
  if (auto set = get_string(body, "set")) {
    auto time = parse_rfc3339(*set);
    if (!time) return fail(ErrorKind::invalid_input, "set must be an RFC 3339 time, such as 2026-03-02T17:50:00Z");
    return *time;
  }
  auto seconds = get_int(body, "advance_seconds");
  if (!seconds || *seconds < 0 || *seconds > kAdvanceSecondsMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("give set (a time) or advance_seconds (0 to {})", kAdvanceSecondsMax));
  }
  return parts.clock.now() + std::chrono::seconds{*seconds};
}

http::Response move_clock(Parts& parts, ClockMover& mover, const http::Request& request) {
  auto body = body_of(request);
  if (!body) return error_response(body.error());
  auto target = clock_target(parts, *body);
  if (!target) return error_response(target.error());
  auto moved = mover.move_to(*target);
  if (!moved) return error_response(moved.error());
  json::object out = describe(*moved);
  out["now"] = format_rfc3339(parts.clock.now());
  return answer(out);
}

http::Response drain(ClockMover& mover, const http::Request& request) {
  auto body = body_of(request);
  if (!body) return error_response(body.error());
  std::int64_t seconds = get_int(*body, "timeout_seconds").value_or(kDrainSecondsDefault);
  if (seconds < 0 || seconds > kDrainSecondsMax) {
    return error_response(
        {ErrorKind::invalid_input, fmt::format("timeout_seconds must be from 0 to {}", kDrainSecondsMax)});
  }
  auto drained = mover.drain(std::chrono::seconds{seconds});
  return drained ? answer(describe(*drained)) : error_response(drained.error());
}

http::Response set_fault(Parts& parts, const http::Request& request) {
  auto body = body_of(request);
  if (!body) return error_response(body.error());
  if (auto set = parts.faults->set(*body); !set) return error_response(set.error());
  return answer(parts.faults->state());
}

// Plays what a provider, a scanner or a person would have found out about a message.
http::Response set_status(Parts& parts, const http::Request& request) {
  auto id = NotificationId::parse(request.path_parameter("id"));
  auto body = body_of(request);
  if (!body) return error_response(body.error());
  auto status = notifications::parse_status(get_string(*body, "status").value_or(""));
  if (!id || !status) {
    return error_response({ErrorKind::invalid_input, "give the id of a message in the path, and a status"});
  }
  ports::NotificationStore& store = parts.database->notifications();
  auto found = store.find(*id);
  if (!found) return error_response(found.error());
  auto moved = store.move({.id = *id,
                           .from = notifications::sources_of(found->type, *status),
                           .to = *status,
                           .at = parts.clock.now(),
                           .cause = "sandbox",
                           .detail = {},
                           .sent_at = {},
                           .sent_by = {},
                           .provider_reference = {},
                           .billable_units = {},
                           .tasks = {}});
  if (!moved) return error_response(moved.error());
  if (!*moved) {
    return error_response({ErrorKind::conflict, fmt::format("a message in status {} cannot become {}",
                                                            to_string(found->status), to_string(*status))});
  }
  return answer(json::object{{"id", id->text()}, {"status", to_string(*status)}});
}

}  // namespace

http::Response error_response(const Error& error) {
  return http::Response::json(
      status_of(error.kind),
      write_json(json::object{{"error", to_string(error.kind)}, {"message", error.message}}) + "\n");
}

void add_sandbox_api(http::Router& router, Parts& parts, ClockMover& mover) {
  router.add("GET", "/_sandbox/messages", [&](const http::Request& r) { return list_messages(parts, r); });
  router.add("DELETE", "/_sandbox/messages", [&](const http::Request&) {
    parts.outbox->clear();
    return http::Response::empty(204);
  });
  router.add("GET", "/_sandbox/clock", [&](const http::Request& r) { return show_clock(parts, r); });
  router.add("POST", "/_sandbox/clock", [&](const http::Request& r) { return move_clock(parts, mover, r); });
  router.add("POST", "/_sandbox/drain", [&](const http::Request& r) { return drain(mover, r); });
  router.add("GET", "/_sandbox/faults", [&](const http::Request&) { return answer(parts.faults->state()); });
  router.add("POST", "/_sandbox/faults", [&](const http::Request& r) { return set_fault(parts, r); });
  router.add("POST", "/_sandbox/notifications/{id}/status",
             [&](const http::Request& r) { return set_status(parts, r); });
  router.add("GET", "/_sandbox/tickets", [&](const http::Request&) {
    return answer(parts.sandbox_tickets != nullptr ? parts.sandbox_tickets->tickets() : json::array{});
  });
}

}  // namespace postroom::app
