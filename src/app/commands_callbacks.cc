// Callbacks: addresses, secrets, what became of them, and posting again.
#include <fmt/format.h>

#include "app/callbacks.h"
#include "app/commands.h"
#include "base/text.h"
#include "flows/callbacks/snapshot.h"
#include "flows/callbacks/webhook_signature.h"

namespace postroom::app {
namespace {

using accounts::CallbackType;
using accounts::Service;
using ports::CallbackEndpoint;
using ports::CallbackSecret;

constexpr CallbackType kTypes[] = {CallbackType::delivery, CallbackType::inbound, CallbackType::returned,
                                   CallbackType::complaint};
constexpr Duration kOverlapDefault = std::chrono::hours{24};
constexpr std::int64_t kOverlapHoursMax = 24 * 90;

Result<CallbackType> type_of(const json::object& arguments) {
  const std::string text = get_string(arguments, "type").value_or("");
  if (auto type = accounts::parse_callback_type(text)) return *type;
  return fail(ErrorKind::invalid_input,
              fmt::format("type is '{}', but must be delivery, inbound, returned or complaint", text));
}

Result<std::optional<CallbackType>> type_if_given(const json::object& arguments) {
  if (!arguments.contains("type")) return std::optional<CallbackType>{};
  POSTROOM_TRY(type, type_of(arguments));
  return std::optional(type);
}

Result<std::optional<UtcTime>> since_of(const json::object& arguments) {
  const auto text = get_string(arguments, "since");
  if (!text) return std::optional<UtcTime>{};
  const auto time = parse_rfc3339(*text);
  if (time) return std::optional(*time);
  return fail(ErrorKind::invalid_input,
              fmt::format("since is '{}', but must be a time such as 2026-03-02T09:15:00Z", *text));
}

Result<std::optional<ports::CallbackEventId>> event_of(const json::object& arguments) {
  const auto text = get_string(arguments, "event");
  if (!text) return std::optional<ports::CallbackEventId>{};
  if (auto id = flows::parse_webhook_id(*text)) return std::optional(*id);
  return fail(
      ErrorKind::invalid_input,
      fmt::format("event is '{}', but must be an id as in the header webhook-id: msg_ and 32 digits", *text));
}

int limit_of(const json::object& arguments) {
  return static_cast<int>(
      std::clamp<std::int64_t>(get_int(arguments, "limit").value_or(100), 1, ports::kCallbackRowsPerListMax));
}

// The service's callback of that type must exist.
Result<CallbackEndpoint> endpoint_of(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(type, type_of(arguments));
  POSTROOM_TRY(config, parts.database->services().callback(service.id, type));
  if (config) return CallbackEndpoint{service.id, type};
  return fail(ErrorKind::not_found,
              fmt::format("service '{}' has no {} callback: `postroom callback set` makes one", service.name,
                          accounts::to_string(type)));
}

json::value time_or_null(const std::optional<UtcTime>& time) {
  return time ? json::value(format_rfc3339(*time)) : json::value(nullptr);
}

Result<json::value> set_callback(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(type, type_of(arguments));
  accounts::CallbackConfig config{service.id, type, get_string(arguments, "url").value_or(""),
                                  get_string(arguments, "token").value_or("")};
  POSTROOM_CHECK(accounts::check(config, parts.settings.flag("flags.private_callback_targets")));
  const CallbackEndpoint endpoint{service.id, type};
  POSTROOM_TRY(before, parts.database->services().callback(service.id, type));
  POSTROOM_CHECK(parts.database->services().set_callback(config));
  // What another address did is nothing to this one.
  if (!before || before->url != config.url) POSTROOM_CHECK(parts.database->callbacks().switch_on(endpoint));
  parts.callbacks->dispatch->forget(endpoint);
  return json::value(
      json::object{{"service_id", service.id.text()}, {"type", accounts::to_string(type)}, {"url", config.url}});
}

Result<json::value> remove_callback(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(type, type_of(arguments));
  POSTROOM_CHECK(parts.database->services().remove_callback(service.id, type));
  return json::value(
      json::object{{"service_id", service.id.text()}, {"type", accounts::to_string(type)}, {"removed", true}});
}

Result<void> list_of(Parts& parts, const Service& service, json::array& out) {
  for (CallbackType type : kTypes) {
    POSTROOM_TRY(config, parts.database->services().callback(service.id, type));
    if (!config) continue;
    POSTROOM_TRY(state, parts.database->callbacks().state({service.id, type}));
    const UtcTime now = parts.clock.now();
    const auto signing = std::ranges::count_if(
        state.secrets, [&](const CallbackSecret& s) { return !s.ends_at || *s.ends_at > now; });
    out.push_back(json::object{{"service", service.name},
                               {"service_id", service.id.text()},
                               {"type", accounts::to_string(type)},
                               {"url", config->url},
                               {"on", !state.health.off_since.has_value()},
                               {"off_since", time_or_null(state.health.off_since)},
                               {"off_reason", state.health.off_reason},
                               {"failing_since", time_or_null(state.health.failing_since)},
                               {"failures", state.health.failures},
                               {"secrets", signing}});
  }
  return {};
}

Result<json::value> list_callbacks(Parts& parts, const json::object& arguments) {
  json::array out;
  if (arguments.contains("service")) {
    POSTROOM_TRY(service, find_service(parts, arguments));
    POSTROOM_CHECK(list_of(parts, service, out));
    return json::value(out);
  }
  POSTROOM_TRY(services, parts.database->services().list());
  for (const Service& service : services) POSTROOM_CHECK(list_of(parts, service, out));
  return json::value(out);
}

json::object describe(const CallbackSecret& secret, UtcTime now) {
  return {{"id", secret.id.text()},
          {"kind", ports::to_string(secret.kind)},
          {"created_at", format_rfc3339(secret.created_at)},
          {"ends_at", time_or_null(secret.ends_at)},
          {"signs", !secret.ends_at || *secret.ends_at > now}};
}

// "callback secret create" adds one beside those that sign, "rotate" replaces them after an overlap.
Result<json::value> add_secret(Parts& parts, const json::object& arguments, bool replaces) {
  POSTROOM_TRY(endpoint, endpoint_of(parts, arguments));
  const std::string kind_text = get_string(arguments, "kind").value_or("v1");
  const auto kind = ports::parse_callback_key_kind(kind_text);
  if (!kind) {
    return fail(ErrorKind::invalid_input,
                fmt::format("kind is '{}', but must be v1 (HMAC-SHA256) or v1a (Ed25519)", kind_text));
  }
  CallbackSecret secret{.id = Uuid::time_ordered(parts.clock.now(), parts.random),
                        .endpoint = endpoint,
                        .kind = *kind,
                        .key = flows::make_webhook_key(*kind, parts.random),
                        .created_at = parts.clock.now(),
                        .ends_at = {}};
  if (auto given = get_string(arguments, "secret")) {
    if (*kind != ports::CallbackKeyKind::v1)
      return fail(ErrorKind::invalid_input, "only secrets of kind v1 can be given; keys of kind v1a are made here");
    POSTROOM_TRY(key, flows::parse_webhook_secret(*given));
    secret.key = std::move(key);
  }
  std::optional<UtcTime> others_end;
  if (replaces) {
    const std::int64_t hours =
        get_int(arguments, "overlap_hours").value_or(kOverlapDefault / std::chrono::hours{1});
    if (hours < 0 || hours > kOverlapHoursMax) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("overlap is {} hours, but must be 0 to {}", hours, kOverlapHoursMax));
    }
    others_end = parts.clock.now() + std::chrono::hours{hours};
  }
  POSTROOM_CHECK(parts.database->callbacks().add_secret(secret, others_end));
  parts.callbacks->dispatch->forget(endpoint);
  POSTROOM_TRY(text, flows::webhook_key_text(*kind, secret.key));
  json::object out = describe(secret, parts.clock.now());
  out[*kind == ports::CallbackKeyKind::v1 ? "secret" : "public_key"] = text;
  out["others_end_at"] = time_or_null(others_end);
  return json::value(out);
}

Result<json::value> list_secrets(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(endpoint, endpoint_of(parts, arguments));
  POSTROOM_TRY(state, parts.database->callbacks().state(endpoint));
  json::array out;
  for (const CallbackSecret& secret : state.secrets) {
    json::object row = describe(secret, parts.clock.now());
    if (secret.kind == ports::CallbackKeyKind::v1a) {
      POSTROOM_TRY(text, flows::webhook_key_text(secret.kind, secret.key));
      row["public_key"] = text;
    }
    out.push_back(std::move(row));
  }
  return json::value(out);
}

Result<json::value> remove_secret(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(endpoint, endpoint_of(parts, arguments));
  POSTROOM_TRY(text, required(arguments, "id"));
  const auto id = Uuid::parse(text);
  if (!id)
    return fail(ErrorKind::invalid_input, fmt::format("id '{}' is no UUID: see `callback secret list`", text));
  POSTROOM_CHECK(parts.database->callbacks().remove_secret(endpoint, *id));
  parts.callbacks->dispatch->forget(endpoint);
  return json::value(json::object{{"id", text}, {"removed", true}});
}

Result<json::value> list_attempts(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  ports::CallbackAttemptQuery query{.service_id = service.id, .limit = limit_of(arguments)};
  POSTROOM_TRY(type, type_if_given(arguments));
  POSTROOM_TRY(since, since_of(arguments));
  POSTROOM_TRY(event, event_of(arguments));
  query.type = type;
  query.since = since;
  query.event_id = event;
  POSTROOM_TRY(attempts, parts.database->callbacks().attempts(query));
  json::array out;
  for (const ports::CallbackAttempt& a : attempts) {
    out.push_back(json::object{{"at", format_rfc3339(a.at)},
                               {"event", flows::webhook_id(a.event_id)},
                               {"type", accounts::to_string(a.endpoint.type)},
                               {"outcome", ports::to_string(a.outcome)},
                               {"status", a.status == 0 ? json::value(nullptr) : json::value(a.status)},
                               {"milliseconds", a.milliseconds}});
  }
  return json::value(out);
}

Result<ports::CallbackEventQuery> event_query(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  ports::CallbackEventQuery query{.service_id = service.id};
  POSTROOM_TRY(type, type_if_given(arguments));
  POSTROOM_TRY(since, since_of(arguments));
  POSTROOM_TRY(event, event_of(arguments));
  query.type = type;
  query.since = since;
  query.id = event;
  if (auto text = get_string(arguments, "state")) {
    query.state = ports::parse_callback_state(*text);
    if (!query.state) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("state is '{}', but must be retrying, delivered, failed or held", *text));
    }
  }
  return query;
}

Result<json::value> list_events(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(query, event_query(parts, arguments));
  query.limit = limit_of(arguments);
  POSTROOM_TRY(events, parts.database->callbacks().events(query));
  json::array out;
  for (const ports::CallbackEvent& e : events) {
    out.push_back(json::object{{"event", flows::webhook_id(e.id)},
                               {"type", accounts::to_string(e.endpoint.type)},
                               {"subject", e.subject},
                               {"happened_at", format_rfc3339(e.happened_at)},
                               {"state", ports::to_string(e.state)},
                               {"attempts", e.attempts},
                               {"changed_at", format_rfc3339(e.changed_at)}});
  }
  return json::value(out);
}

// Page by page. What is being tried already is left to that.
Result<std::int64_t> replay_events(Parts& parts, ports::CallbackEventQuery query) {
  std::int64_t count = 0;
  for (;;) {
    POSTROOM_TRY(events, parts.database->callbacks().events(query));
    std::vector<ports::CallbackEventId> ids;
    std::vector<ports::NewTask> tasks;
    for (const ports::CallbackEvent& event : events) {
      if (event.state == ports::CallbackState::retrying) continue;
      ids.push_back(event.id);
      tasks.push_back(flows::replay_task(event, parts.clock.now()));
    }
    if (!ids.empty()) POSTROOM_CHECK(parts.database->callbacks().replay(ids, tasks, parts.clock.now()));
    count += static_cast<std::int64_t>(ids.size());
    if (static_cast<int>(events.size()) < query.limit) return count;
    query.after_time = events.back().happened_at;
    query.after_event = events.back().id;
  }
}

Result<json::value> replay(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(query, event_query(parts, arguments));
  if (!query.id && !query.since) {
    return fail(ErrorKind::invalid_input, "say what to post again: --event ID, or --since TIME");
  }
  if (query.id) {
    query.limit = 1;
    POSTROOM_TRY(found, parts.database->callbacks().events(query));
    if (found.empty()) {
      return fail(ErrorKind::not_found,
                  "the service has no such callback, or it is kept no more: see `postroom callback events`");
    }
    query.limit = ports::kCallbackRowsPerListMax;
  }
  POSTROOM_TRY(count, replay_events(parts, query));
  return json::value(json::object{{"replayed", count}});
}

Result<json::value> switch_on(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(endpoint, endpoint_of(parts, arguments));
  POSTROOM_TRY(was_off, parts.database->callbacks().switch_on(endpoint));
  parts.callbacks->dispatch->forget(endpoint);
  std::int64_t replayed = 0;
  if (get_bool(arguments, "replay").value_or(false)) {
    POSTROOM_TRY(count, replay_events(parts, {.service_id = endpoint.service_id,
                                              .type = endpoint.type,
                                              .state = ports::CallbackState::held}));
    replayed = count;
  }
  return json::value(json::object{{"on", true}, {"was_off", was_off}, {"replayed", replayed}});
}

Result<json::value> switch_off(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(endpoint, endpoint_of(parts, arguments));
  POSTROOM_TRY(was_on, parts.database->callbacks().switch_off(endpoint, parts.clock.now(),
                                                              "an operator switched it off", {}));
  parts.callbacks->dispatch->forget(endpoint);
  return json::value(json::object{{"on", false}, {"was_on", was_on}});
}

}  // namespace

void add_callback_commands(Commands& commands) {
  commands.add("callback set", set_callback);
  commands.add("callback remove", remove_callback);
  commands.add("callback list", list_callbacks);
  commands.add("callback on", switch_on);
  commands.add("callback off", switch_off);
  commands.add("callback secret create",
               [](Parts& parts, const json::object& arguments) { return add_secret(parts, arguments, false); });
  commands.add("callback secret rotate",
               [](Parts& parts, const json::object& arguments) { return add_secret(parts, arguments, true); });
  commands.add("callback secret list", list_secrets);
  commands.add("callback secret remove", remove_secret);
  commands.add("callback attempts", list_attempts);
  commands.add("callback events", list_events);
  commands.add("callback replay", replay);
}

}  // namespace postroom::app
