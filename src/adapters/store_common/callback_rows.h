// Rows about callbacks, as both databases read them; see rows.h.
#pragma once

#include <string>
#include <vector>

#include "adapters/store_common/codes.h"
#include "base/key_ring.h"
#include "ports/callback_store.h"

namespace postroom::store_common {

template <>
inline constexpr int kCodeCount<ports::CallbackState> = 4;
template <>
inline constexpr int kCodeCount<ports::CallbackOutcome> = 5;
template <>
inline constexpr int kCodeCount<ports::CallbackKeyKind> = 2;
static_assert(code_of(ports::CallbackState::retrying) == 0 && code_of(ports::CallbackState::failed) == 2);

inline Error too_many_secrets() {
  return {ErrorKind::conflict, "the callback has " + std::to_string(ports::kCallbackSecretsMax) +
                                   " secrets that sign: remove one, or wait until one ends"};
}
inline Error no_callback_secret(const Uuid& id) {
  return {ErrorKind::not_found, "the callback has no secret " + id.text() + ": `postroom callback secret list`"};
}

// What the sealed parts are bound to.
std::string callback_body_context(ports::CallbackEventId id);
std::string callback_key_context(const Uuid& id);

struct SealedCallbackEvent {
  ports::CallbackEvent event;
  Bytes body;  // sealed
};
// corrupt when a body was altered or moved from another row.
Result<std::vector<ports::CallbackEvent>> open_callback_events(const KeyRing& key_ring,
                                                               std::vector<SealedCallbackEvent> rows);
// Opens the keys in place.
Result<void> open_callback_secrets(const KeyRing& key_ring, std::vector<ports::CallbackSecret>& secrets);

inline const std::string kCallbackEventColumns =
    "id, service_id, type, subject, happened_at, state, attempts, changed_at, body";

template <typename Row>
SealedCallbackEvent read_callback_event(Row& row) {
  SealedCallbackEvent out;
  out.event.id = row.template id<ports::CallbackEventId>();
  out.event.endpoint.service_id = row.template id<ServiceId>();
  out.event.endpoint.type = row.template enumerator<accounts::CallbackType>();
  out.event.subject = row.text();
  out.event.happened_at = row.time();
  out.event.state = row.template enumerator<ports::CallbackState>();
  out.event.attempts = row.small();
  out.event.changed_at = row.time();
  out.body = row.bytes();
  return out;
}

inline const std::string kCallbackAttemptColumns = "event_id, service_id, type, at, outcome, status, milliseconds";

template <typename Row>
ports::CallbackAttempt read_callback_attempt(Row& row) {
  ports::CallbackAttempt out;
  out.event_id = row.template id<ports::CallbackEventId>();
  out.endpoint.service_id = row.template id<ServiceId>();
  out.endpoint.type = row.template enumerator<accounts::CallbackType>();
  out.at = row.time();
  out.outcome = row.template enumerator<ports::CallbackOutcome>();
  out.status = row.small();
  out.milliseconds = row.small();
  return out;
}

inline const std::string kCallbackHealthColumns = "failing_since, failures, off_since, off_reason";

template <typename Row>
ports::CallbackHealth read_callback_health(Row& row, const ports::CallbackEndpoint& endpoint) {
  ports::CallbackHealth out{.endpoint = endpoint};
  out.failing_since = row.optional_time();
  out.failures = row.small();
  out.off_since = row.optional_time();
  out.off_reason = row.text();
  return out;
}

inline const std::string kCallbackSecretColumns = "id, kind, content, created_at, ends_at";

template <typename Row>
ports::CallbackSecret read_callback_secret(Row& row, const ports::CallbackEndpoint& endpoint) {
  ports::CallbackSecret out;
  out.id = row.template id<ports::CallbackEventId>().uuid();
  out.endpoint = endpoint;
  out.kind = row.template enumerator<ports::CallbackKeyKind>();
  out.key = row.bytes();  // sealed yet
  out.created_at = row.time();
  out.ends_at = row.optional_time();
  return out;
}

}  // namespace postroom::store_common
