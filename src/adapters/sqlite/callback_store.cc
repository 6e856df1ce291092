#include "adapters/sqlite/callback_store.h"

#include <algorithm>

#include "adapters/store_common/callback_rows.h"

namespace postroom::sqlite {
namespace {

using ports::CallbackEndpoint;
using ports::CallbackEventId;
using ports::CallbackHealth;
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

// ?10: 1 when an attempt was made, ?11: how many there may be. A `retrying` (0) event with no more becomes `failed`
// (2).
const std::string kStoreEvent =
    "INSERT INTO callback_event(id, service_id, type, subject, body, happened_at, state, attempts, changed_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, CASE WHEN ?7 = 0 AND ?10 >= ?11 THEN 2 ELSE ?7 END, ?10, ?8) "
    "ON CONFLICT (id) DO UPDATE SET attempts = attempts + ?10, changed_at = ?8, "
    "state = CASE WHEN ?7 = 0 AND attempts + ?10 >= ?11 THEN 2 ELSE ?7 END RETURNING state, attempts";
const std::string kStoreAttempt =
    "INSERT INTO callback_attempt(" + kCallbackAttemptColumns + ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const std::string kHealth =
    "SELECT " + kCallbackHealthColumns + " FROM callback_health WHERE service_id = ?1 AND type = ?2";

CallbackHealth health_of(Connection& connection, const CallbackEndpoint& endpoint) {
  Cursor row = connection.query(kHealth, endpoint.service_id, code_of(endpoint.type));
  return row.next() ? read_callback_health(row, endpoint) : CallbackHealth{.endpoint = endpoint};
}

CallbackHealth apply_tally(Connection& connection, const ports::CallbackTally& tally) {
  const int type = code_of(tally.endpoint.type);
  if (tally.has_recovered) {
    connection.run(
        "UPDATE callback_health SET failing_since = NULL, failures = 0 WHERE service_id = ?1 AND type = ?2 "
        "AND failing_since IS NOT NULL",
        tally.endpoint.service_id, type);
  }
  if (tally.failures > 0) {
    connection.run(
        "INSERT INTO callback_health(service_id, type, failing_since, failures, off_since, off_reason) "
        "VALUES (?1, ?2, ?3, ?4, NULL, '') ON CONFLICT (service_id, type) DO UPDATE SET "
        "failing_since = coalesce(failing_since, ?3), failures = failures + ?4",
        tally.endpoint.service_id, type, tally.at, tally.failures);
  }
  return health_of(connection, tally.endpoint);
}

}  // namespace

Result<ports::CallbackRecorded> CallbackStore::record(std::span<const ports::CallbackRecord> records,
                                                      std::span<const ports::CallbackTally> tallies,
                                                      int attempts_max) {
  std::vector<Bytes> bodies;
  bodies.reserve(records.size());
  for (const ports::CallbackRecord& r : records)
    bodies.push_back(store_.seal(r.event.body, callback_body_context(r.event.id)));
  return store_.writer.run([&](Transaction& transaction) -> Result<ports::CallbackRecorded> {
    Connection& connection = transaction.connection;
    ports::CallbackRecorded out;
    for (std::size_t i = 0; i < records.size(); ++i) {
      const ports::CallbackEvent& e = records[i].event;
      {
        Cursor row = connection.query(kStoreEvent, e.id, e.endpoint.service_id, code_of(e.endpoint.type), e.subject,
                                      Blob{bodies[i]}, e.happened_at, code_of(e.state), e.changed_at, std::nullopt,
                                      records[i].attempt ? 1 : 0, attempts_max);
        ports::CallbackEvent& stored = out.events.emplace_back();
        stored.id = e.id;
        stored.endpoint = e.endpoint;
        row.next();
        stored.state = row.enumerator<ports::CallbackState>();
        stored.attempts = row.small();
      }
      if (!records[i].attempt) continue;
      const ports::CallbackAttempt& a = *records[i].attempt;
      connection.run(kStoreAttempt, a.event_id, a.endpoint.service_id, code_of(a.endpoint.type), a.at,
                     code_of(a.outcome), a.status, a.milliseconds);
    }
    for (const ports::CallbackTally& tally : tallies) out.health.push_back(apply_tally(connection, tally));
    return out;
  });
}

Result<std::vector<ports::CallbackEvent>> CallbackStore::events(const ports::CallbackEventQuery& q) {
  static const std::string sql =
      "SELECT " + kCallbackEventColumns +
      " FROM callback_event WHERE service_id = ?1 AND happened_at >= ?2 AND (?3 IS NULL OR type = ?3) "
      "AND (?4 IS NULL OR state = ?4) AND (?5 IS NULL OR id = ?5) "
      "AND (?6 IS NULL OR (happened_at, id) > (?6, ?7)) ORDER BY happened_at, id LIMIT ?8";
  const UtcTime since = std::max(q.since.value_or(UtcTime{}), q.after_time.value_or(UtcTime{}));
  POSTROOM_TRY(rows, store_.readers.run([&](Connection& connection) -> Result<std::vector<SealedCallbackEvent>> {
    std::vector<SealedCallbackEvent> out;
    Cursor row =
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
      " FROM callback_attempt WHERE service_id = ?1 AND at >= ?2 AND (?3 IS NULL OR type = ?3) "
      "AND (?4 IS NULL OR event_id = ?4) ORDER BY at DESC, rowid DESC LIMIT ?5";
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ports::CallbackAttempt>> {
    std::vector<ports::CallbackAttempt> out;
    Cursor row = connection.query(sql, q.service_id, q.since.value_or(UtcTime{}), optional_code(q.type), q.event_id,
                                  std::clamp(q.limit, 0, ports::kCallbackRowsPerListMax));
    while (row.next()) out.push_back(read_callback_attempt(row));
    return out;
  });
}

Result<void> CallbackStore::replay(std::span<const CallbackEventId> events, std::span<const ports::NewTask> tasks,
                                   UtcTime now) {
  POSTROOM_CHECK(check_tasks(tasks));
  const auto prepared = store_.prepare(tasks);
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    for (const CallbackEventId& id : events) {
      transaction.connection.run("UPDATE callback_event SET state = 0, attempts = 0, changed_at = ?2 WHERE id = ?1",
                                 id, now);
    }
    insert_tasks(transaction, prepared);
    return {};
  });
}

Result<ports::CallbackEndpointState> CallbackStore::state(const CallbackEndpoint& endpoint) {
  static const std::string sql = "SELECT " + kCallbackSecretColumns +
                                 " FROM callback_secret WHERE service_id = ?1 AND type = ?2 "
                                 "ORDER BY created_at DESC, rowid DESC";
  POSTROOM_TRY(out, store_.readers.run([&](Connection& connection) -> Result<ports::CallbackEndpointState> {
    ports::CallbackEndpointState found{.health = health_of(connection, endpoint), .secrets = {}};
    Cursor row = connection.query(sql, endpoint.service_id, code_of(endpoint.type));
    while (row.next()) found.secrets.push_back(read_callback_secret(row, endpoint));
    return found;
  }));
  POSTROOM_CHECK(store_common::open_callback_secrets(store_.key_ring, out.secrets));
  return out;
}

Result<bool> CallbackStore::switch_off(const CallbackEndpoint& endpoint, UtcTime at, std::string_view reason,
                                       std::span<const ports::NewTask> tasks) {
  POSTROOM_CHECK(check_tasks(tasks));
  const auto prepared = store_.prepare(tasks);
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    int changed = transaction.connection.run(
        "INSERT INTO callback_health(service_id, type, failing_since, failures, off_since, off_reason) "
        "VALUES (?1, ?2, NULL, 0, ?3, ?4) ON CONFLICT (service_id, type) DO UPDATE SET off_since = ?3, "
        "off_reason = ?4 WHERE off_since IS NULL",
        endpoint.service_id, code_of(endpoint.type), at, reason);
    if (changed == 0) return false;
    insert_tasks(transaction, prepared);
    return true;
  });
}

Result<bool> CallbackStore::switch_on(const CallbackEndpoint& endpoint) {
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    const bool was_off = health_of(transaction.connection, endpoint).off_since.has_value();
    transaction.connection.run("DELETE FROM callback_health WHERE service_id = ?1 AND type = ?2",
                               endpoint.service_id, code_of(endpoint.type));
    return was_off;
  });
}

Result<void> CallbackStore::add_secret(const ports::CallbackSecret& secret, std::optional<UtcTime> others_end) {
  const Bytes content = store_.seal(secret.key, callback_key_context(secret.id));
  const int type = code_of(secret.endpoint.type);
  const Id<struct SecretTag> id(secret.id);
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    if (others_end) {
      connection.run(
          "UPDATE callback_secret SET ends_at = ?4 WHERE service_id = ?1 AND type = ?2 AND kind = ?3 "
          "AND (ends_at IS NULL OR ends_at > ?4)",
          secret.endpoint.service_id, type, code_of(secret.kind), *others_end);
    }
    {
      Cursor row = connection.query(
          "SELECT count(*) FROM callback_secret WHERE service_id = ?1 AND type = ?2 "
          "AND (ends_at IS NULL OR ends_at > ?3)",
          secret.endpoint.service_id, type, secret.created_at);
      row.next();
      if (row.integer() >= static_cast<std::int64_t>(ports::kCallbackSecretsMax))
        return fail(store_common::too_many_secrets());
    }
    connection.run(
        "INSERT INTO callback_secret(id, service_id, type, kind, content, created_at, ends_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        id, secret.endpoint.service_id, type, code_of(secret.kind), Blob{content}, secret.created_at,
        secret.ends_at);
    return {};
  });
}

Result<void> CallbackStore::remove_secret(const CallbackEndpoint& endpoint, const Uuid& id) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    int removed =
        transaction.connection.run("DELETE FROM callback_secret WHERE id = ?1 AND service_id = ?2 AND type = ?3",
                                   Id<struct SecretTag>(id), endpoint.service_id, code_of(endpoint.type));
    if (removed == 0) return fail(store_common::no_callback_secret(id));
    return {};
  });
}

Result<int> CallbackStore::remove_old(UtcTime events_before, UtcTime attempts_before, UtcTime secrets_before) {
  return store_.writer.run([&](Transaction& transaction) -> Result<int> {
    Connection& connection = transaction.connection;
    int removed = connection.run(
        "DELETE FROM callback_event WHERE rowid IN (SELECT rowid FROM callback_event WHERE happened_at < ?1 "
        "ORDER BY happened_at LIMIT ?2)",
        events_before, ports::kCallbackRowsRemovedPerCallMax);
    removed += connection.run(
        "DELETE FROM callback_attempt WHERE rowid IN (SELECT rowid FROM callback_attempt WHERE at < ?1 "
        "ORDER BY at LIMIT ?2)",
        attempts_before, ports::kCallbackRowsRemovedPerCallMax);
    removed += connection.run("DELETE FROM callback_secret WHERE ends_at < ?1", secrets_before);
    return removed;
  });
}

}  // namespace postroom::sqlite
