#include "adapters/postgres/callback_store.h"

#include <algorithm>
#include <map>

#include "adapters/store_common/callback_rows.h"

namespace postroom::postgres {
namespace {

using ports::CallbackEndpoint;
using ports::CallbackEventId;
using ports::CallbackHealth;
using ports::CallbackRecord;
using store_common::callback_body_context;
using store_common::callback_key_context;
using store_common::kCallbackAttemptColumns;
using store_common::kCallbackEventColumns;
using store_common::kCallbackHealthColumns;
using store_common::kCallbackSecretColumns;
using store_common::read_callback_attempt;
using store_common::read_callback_event;
using store_common::read_callback_health;
using store_common::read_callback_secret;
using store_common::SealedCallbackEvent;

// `made` is 1 when an attempt was made, $10 how many there may be. A `retrying` (0) event with no more becomes
// `failed` (2). Sorted, so that two processes with the same events wait for each other in one order.
constexpr std::string_view kStoreEvents =
    "INSERT INTO callback_event AS e (id, service_id, type, subject, body, happened_at, state, attempts, "
    "changed_at) "
    "SELECT id, service_id, type, subject, body, happened_at, "
    "CASE WHEN state = 0 AND made >= $10 THEN 2 ELSE state END, made, changed_at "
    "FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) "
    "n(id, service_id, type, subject, body, happened_at, state, changed_at, made) ORDER BY id "
    "ON CONFLICT (id) DO UPDATE SET attempts = e.attempts + excluded.attempts, changed_at = excluded.changed_at, "
    "state = CASE WHEN excluded.state = 0 AND e.attempts + excluded.attempts >= $10 THEN 2 ELSE excluded.state END "
    "RETURNING id, state, attempts";
const std::string kStoreAttempts = "INSERT INTO callback_attempt(" + kCallbackAttemptColumns +
                                   ") SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)";
const std::string kHealth =
    "SELECT " + kCallbackHealthColumns + " FROM callback_health WHERE service_id = $1 AND type = $2";

struct EventArrays {
  EventArrays(const Store& store, std::span<const CallbackRecord> records) {
    for (const CallbackRecord& r : records) {
      ids.add_bytes(r.event.id.bytes());
      services.add_bytes(r.event.endpoint.service_id.bytes());
      types.add_int(code_of(r.event.endpoint.type));
      subjects.add(r.event.subject);
      bodies.add_bytes(store.seal(r.event.body, callback_body_context(r.event.id)));
      happened.add_long(to_micros(r.event.happened_at));
      states.add_int(code_of(r.event.state));
      changed.add_long(to_micros(r.event.changed_at));
      made.add_int(r.attempt ? 1 : 0);
    }
  }
  Array ids{kUuidArray}, services{kUuidArray}, types{kInt4Array}, subjects{kTextArray}, bodies{kByteaArray},
      happened{kInt8Array}, states{kInt4Array}, changed{kInt8Array}, made{kInt4Array};
};

struct AttemptArrays {
  explicit AttemptArrays(std::span<const CallbackRecord> records) {
    for (const CallbackRecord& r : records) {
      if (!r.attempt) continue;
      ++count;
      events.add_bytes(r.attempt->event_id.bytes());
      services.add_bytes(r.attempt->endpoint.service_id.bytes());
      types.add_int(code_of(r.attempt->endpoint.type));
      times.add_long(to_micros(r.attempt->at));
      outcomes.add_int(code_of(r.attempt->outcome));
      statuses.add_int(r.attempt->status);
      milliseconds.add_int(r.attempt->milliseconds);
    }
  }
  int count = 0;
  Array events{kUuidArray}, services{kUuidArray}, types{kInt4Array}, times{kInt8Array}, outcomes{kInt4Array},
      statuses{kInt4Array}, milliseconds{kInt4Array};
};

CallbackHealth health_of(Connection& connection, const CallbackEndpoint& endpoint) {
  Rows row = connection.query(kHealth, endpoint.service_id, code_of(endpoint.type));
  return row.next() ? read_callback_health(row, endpoint) : CallbackHealth{.endpoint = endpoint};
}

CallbackHealth apply_tally(Connection& connection, const ports::CallbackTally& tally) {
  const int type = code_of(tally.endpoint.type);
  if (tally.has_recovered) {
    connection.run(
        "UPDATE callback_health SET failing_since = NULL, failures = 0 WHERE service_id = $1 AND type = $2 "
        "AND failing_since IS NOT NULL",
        tally.endpoint.service_id, type);
  }
  if (tally.failures > 0) {
    connection.run(
        "INSERT INTO callback_health AS h (service_id, type, failing_since, failures, off_since, off_reason) "
        "VALUES ($1, $2, $3, $4, NULL, '') ON CONFLICT (service_id, type) DO UPDATE SET "
        "failing_since = coalesce(h.failing_since, excluded.failing_since), failures = h.failures + "
        "excluded.failures",
        tally.endpoint.service_id, type, tally.at, tally.failures);
  }
  return health_of(connection, tally.endpoint);
}

}  // namespace

Result<ports::CallbackRecorded> CallbackStore::record(std::span<const CallbackRecord> records,
                                                      std::span<const ports::CallbackTally> tallies,
                                                      int attempts_max) {
  const EventArrays e(store_, records);
  const AttemptArrays a(records);
  std::vector<const ports::CallbackTally*> in_order;
  for (const ports::CallbackTally& tally : tallies) in_order.push_back(&tally);
  std::ranges::sort(in_order, {}, [](const ports::CallbackTally* tally) { return tally->endpoint; });
  return store_.pool.write([&](Connection& connection) -> Result<ports::CallbackRecorded> {
    ports::CallbackRecorded out;
    std::map<CallbackEventId, std::pair<ports::CallbackState, int>> stored;
    if (!records.empty()) {
      Rows row = connection.query(kStoreEvents, e.ids, e.services, e.types, e.subjects, e.bodies, e.happened,
                                  e.states, e.changed, e.made, attempts_max);
      while (row.next()) {
        const auto id = row.id<CallbackEventId>();
        const auto state = row.enumerator<ports::CallbackState>();
        stored[id] = {state, row.small()};
      }
    }
    if (a.count > 0) {
      connection.query(kStoreAttempts, a.events, a.services, a.types, a.times, a.outcomes, a.statuses,
                       a.milliseconds);
    }
    for (const CallbackRecord& r : records) {
      ports::CallbackEvent& event = out.events.emplace_back();
      event.id = r.event.id;
      event.endpoint = r.event.endpoint;
      std::tie(event.state, event.attempts) = stored[r.event.id];
    }
    std::map<CallbackEndpoint, CallbackHealth> health;
    for (const ports::CallbackTally* tally : in_order) health[tally->endpoint] = apply_tally(connection, *tally);
    for (const ports::CallbackTally& tally : tallies) out.health.push_back(health[tally.endpoint]);
    return out;
  });
}

Result<std::vector<ports::CallbackEvent>> CallbackStore::events(const ports::CallbackEventQuery& q) {
  static const std::string sql =
      "SELECT " + kCallbackEventColumns +
      " FROM callback_event WHERE service_id = $1 AND happened_at >= $2 AND ($3 IS NULL OR type = $3) "
      "AND ($4 IS NULL OR state = $4) AND ($5 IS NULL OR id = $5) "
      "AND ($6 IS NULL OR (happened_at, id) > ($6, $7)) ORDER BY happened_at, id LIMIT $8";
  const UtcTime since = std::max(q.since.value_or(UtcTime{}), q.after_time.value_or(UtcTime{}));
  POSTROOM_TRY(rows, store_.pool.read([&](Connection& connection) -> Result<std::vector<SealedCallbackEvent>> {
    std::vector<SealedCallbackEvent> out;
    Rows row =
        connection.query(sql, q.service_id, since, optional_code(q.type), optional_code(q.state), q.id,
                         q.after_time, q.after_event, std::clamp(q.limit, 0, ports::kCallbackRowsPerListMax));
    while (row.next()) out.push_back(read_callback_event(row));
    return out;
  }));
  return store_common::open_callback_events(store_.key_ring, std::move(rows));
}

Result<std::vector<ports::CallbackAttempt>> CallbackStore::attempts(const ports::CallbackAttemptQuery& q) {
  static const std::string sql =
      "SELECT " + kCallbackAttemptColumns +
      " FROM callback_attempt WHERE service_id = $1 AND at >= $2 AND ($3 IS NULL OR type = $3) "
      "AND ($4 IS NULL OR event_id = $4) ORDER BY at DESC LIMIT $5";
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ports::CallbackAttempt>> {
    std::vector<ports::CallbackAttempt> out;
    Rows row = connection.query(sql, q.service_id, q.since.value_or(UtcTime{}), optional_code(q.type), q.event_id,
                                std::clamp(q.limit, 0, ports::kCallbackRowsPerListMax));
    while (row.next()) out.push_back(read_callback_attempt(row));
    return out;
  });
}

Result<void> CallbackStore::replay(std::span<const CallbackEventId> events, std::span<const ports::NewTask> tasks,
                                   UtcTime now) {
  POSTROOM_CHECK(check_tasks(tasks));
  const TaskParameters prepared(store_, tasks);
  Array ids{kUuidArray};
  for (const CallbackEventId& id : events) ids.add_bytes(id.bytes());
  TouchedQueues touched;
  POSTROOM_CHECK(store_.pool.write([&](Connection& connection) -> Result<void> {
    touched.clear();
    connection.run("UPDATE callback_event SET state = 0, attempts = 0, changed_at = $2 WHERE id = ANY($1)", ids,
                   now);
    if (!prepared.is_empty()) insert_tasks(connection, prepared, touched);
    return {};
  }));
  if (!touched.empty()) store_.watch.touched(touched);
  return {};
}

Result<ports::CallbackEndpointState> CallbackStore::state(const CallbackEndpoint& endpoint) {
  static const std::string sql = "SELECT " + kCallbackSecretColumns +
                                 " FROM callback_secret WHERE service_id = $1 AND type = $2 "
                                 "ORDER BY created_at DESC, id DESC";
  POSTROOM_TRY(out, store_.pool.read([&](Connection& connection) -> Result<ports::CallbackEndpointState> {
    ports::CallbackEndpointState found{.health = health_of(connection, endpoint), .secrets = {}};
    Rows row = connection.query(sql, endpoint.service_id, code_of(endpoint.type));
    while (row.next()) found.secrets.push_back(read_callback_secret(row, endpoint));
    return found;
  }));
  POSTROOM_CHECK(store_common::open_callback_secrets(store_.key_ring, out.secrets));
  return out;
}

Result<bool> CallbackStore::switch_off(const CallbackEndpoint& endpoint, UtcTime at, std::string_view reason,
                                       std::span<const ports::NewTask> tasks) {
  POSTROOM_CHECK(check_tasks(tasks));
  const TaskParameters prepared(store_, tasks);
  TouchedQueues touched;
  POSTROOM_TRY(is_first, store_.pool.write([&](Connection& connection) -> Result<bool> {
    touched.clear();
    int changed = connection.run(
        "INSERT INTO callback_health AS h (service_id, type, failing_since, failures, off_since, off_reason) "
        "VALUES ($1, $2, NULL, 0, $3, $4) ON CONFLICT (service_id, type) DO UPDATE SET "
        "off_since = excluded.off_since, off_reason = excluded.off_reason WHERE h.off_since IS NULL",
        endpoint.service_id, code_of(endpoint.type), at, reason);
    if (changed == 0) return false;
    if (!prepared.is_empty()) insert_tasks(connection, prepared, touched);
    return true;
  }));
  if (!touched.empty()) store_.watch.touched(touched);
  return is_first;
}

Result<bool> CallbackStore::switch_on(const CallbackEndpoint& endpoint) {
  return store_.pool.write([&](Connection& connection) -> Result<bool> {
    Rows row = connection.query(
        "DELETE FROM callback_health WHERE service_id = $1 AND type = $2 RETURNING off_since IS NOT NULL",
        endpoint.service_id, code_of(endpoint.type));
    return row.next() && row.flag();
  });
}

Result<void> CallbackStore::add_secret(const ports::CallbackSecret& secret, std::optional<UtcTime> others_end) {
  const Bytes content = store_.seal(secret.key, callback_key_context(secret.id));
  const int type = code_of(secret.endpoint.type);
  const Id<struct SecretTag> id(secret.id);
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    // One at a time, so that two of them cannot pass the limit.
    connection.query("LOCK TABLE callback_secret IN SHARE ROW EXCLUSIVE MODE");
    if (others_end) {
      connection.run(
          "UPDATE callback_secret SET ends_at = $4 WHERE service_id = $1 AND type = $2 AND kind = $3 "
          "AND (ends_at IS NULL OR ends_at > $4)",
          secret.endpoint.service_id, type, code_of(secret.kind), *others_end);
    }
    Rows row = connection.query(
        "SELECT count(*) FROM callback_secret WHERE service_id = $1 AND type = $2 "
        "AND (ends_at IS NULL OR ends_at > $3)",
        secret.endpoint.service_id, type, secret.created_at);
    row.next();
    if (row.integer() >= static_cast<std::int64_t>(ports::kCallbackSecretsMax))
      return fail(store_common::too_many_secrets());
    connection.run(
        "INSERT INTO callback_secret(id, service_id, type, kind, content, created_at, ends_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id, secret.endpoint.service_id, type, code_of(secret.kind), Blob{content}, secret.created_at,
        secret.ends_at);
    return {};
  });
}

Result<void> CallbackStore::remove_secret(const CallbackEndpoint& endpoint, const Uuid& id) {
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    int removed = connection.run("DELETE FROM callback_secret WHERE id = $1 AND service_id = $2 AND type = $3",
                                 Id<struct SecretTag>(id), endpoint.service_id, code_of(endpoint.type));
    if (removed == 0) return fail(store_common::no_callback_secret(id));
    return {};
  });
}

Result<int> CallbackStore::remove_old(UtcTime events_before, UtcTime attempts_before, UtcTime secrets_before) {
  return store_.pool.write([&](Connection& connection) -> Result<int> {
    int removed = connection.run(
        "DELETE FROM callback_event WHERE id IN (SELECT id FROM callback_event WHERE happened_at < $1 "
        "ORDER BY happened_at LIMIT $2)",
        events_before, ports::kCallbackRowsRemovedPerCallMax);
    removed += connection.run(
        "DELETE FROM callback_attempt WHERE ctid IN (SELECT ctid FROM callback_attempt WHERE at < $1 "
        "ORDER BY at LIMIT $2)",
        attempts_before, ports::kCallbackRowsRemovedPerCallMax);
    removed += connection.run("DELETE FROM callback_secret WHERE ends_at < $1", secrets_before);
    return removed;
  });
}

}  // namespace postroom::postgres
