#include "adapters/postgres/provider_store.h"

#include <algorithm>
#include <unordered_set>

#include "adapters/store_common/provider_rows.h"

namespace postroom::postgres {
namespace {

using ports::HandOverNote;
using ports::PartsReport;
using ports::ProviderState;
using store_common::kHandOverColumns;
using store_common::kProviderColumns;
using store_common::read_hand_over;
using store_common::read_provider;

void insert_history(Connection& connection, const ProviderState& p) {
  static const std::string sql =
      "INSERT INTO provider_history(" + kProviderColumns + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
  connection.run(sql, p.name, p.share, p.is_active, p.is_international, p.version, p.changed_at, p.changed_by,
                 p.reason);
}

// The list of each service is in the order of creation, so that short times are read at one place each. The numbers
// are those of codes.h: type 1 is a text, states 1, 3 and 4 are sending, pending and delivered, key type 2 is test.
constexpr std::string_view kMessages = "FROM service s JOIN notification n ON n.service_id = s.id ";

constexpr int kTestKey = code_of(accounts::KeyType::test);

}  // namespace

Result<void> ProviderStore::ensure_providers(std::span<const ProviderState> providers) {
  static const std::string sql = "INSERT INTO provider(" + kProviderColumns +
                                 ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    for (const ProviderState& p : providers) {
      int stored = connection.run(sql, p.name, p.share, p.is_active, p.is_international, p.version, p.changed_at,
                                  p.changed_by, p.reason);
      if (stored > 0) insert_history(connection, p);
    }
    return {};
  });
}

Result<std::vector<ProviderState>> ProviderStore::providers() {
  static const std::string sql = "SELECT " + kProviderColumns + " FROM provider ORDER BY name";
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ProviderState>> {
    std::vector<ProviderState> out;
    Rows row = connection.query(sql);
    while (row.next()) out.push_back(read_provider(row));
    return out;
  });
}

Result<bool> ProviderStore::change_providers(std::span<const ProviderState> changed) {
  return store_.pool.write([&](Connection& connection) -> Result<bool> {
    // Everybody locks in the order of names, so that two of them wait for each other in one direction only.
    connection.query("SELECT 1 FROM provider ORDER BY name FOR UPDATE");
    for (const ProviderState& p : changed) {
      Rows row = connection.query("SELECT 1 FROM provider WHERE name = $1 AND version = $2", p.name, p.version - 1);
      if (!row.next()) return false;
    }
    for (const ProviderState& p : changed) {
      connection.run(
          "UPDATE provider SET share = $2, is_active = $3, is_international = $4, version = $5, changed_at = $6, "
          "changed_by = $7, reason = $8 WHERE name = $1",
          p.name, p.share, p.is_active, p.is_international, p.version, p.changed_at, p.changed_by, p.reason);
      insert_history(connection, p);
    }
    return true;
  });
}

Result<std::vector<ProviderState>> ProviderStore::provider_history(std::string_view name, int limit) {
  static const std::string sql =
      "SELECT " + kProviderColumns + " FROM provider_history WHERE name = $1 ORDER BY version DESC LIMIT $2";
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ProviderState>> {
    std::vector<ProviderState> out;
    Rows row = connection.query(sql, name, std::max(limit, 0));
    while (row.next()) out.push_back(read_provider(row));
    return out;
  });
}

Result<std::int64_t> ProviderStore::add_provider_error(std::string_view name, UtcTime at, UtcTime since) {
  return store_.pool.write([&](Connection& connection) -> Result<std::int64_t> {
    connection.run("DELETE FROM provider_error WHERE provider = $1 AND at <= $2", name, since);
    connection.run("INSERT INTO provider_error(provider, at) VALUES ($1, $2)", name, at);
    Rows row = connection.query("SELECT count(*) FROM provider_error WHERE provider = $1", name);
    return row.next() ? row.integer() : 0;
  });
}

Result<std::vector<ports::ProviderPace>> ProviderStore::provider_paces(const ports::PaceQuery& query) {
  static const std::string sql =
      "SELECT n.sent_by, count(*), count(*) FILTER (WHERE (CASE WHEN n.status = 4 THEN n.updated_at ELSE $2 END) "
      "- n.sent_at >= $3) " +
      std::string(kMessages) +
      "WHERE n.created_at >= $1 AND n.type = 1 AND n.status IN (1, 3, 4) AND n.key_type <> $4 "
      "AND n.sent_at IS NOT NULL GROUP BY n.sent_by ORDER BY n.sent_by COLLATE \"C\"";
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ports::ProviderPace>> {
    std::vector<ports::ProviderPace> out;
    Rows row = connection.query(sql, query.created_after, query.now,
                                static_cast<std::int64_t>(query.slow_after.count()), kTestKey);
    while (row.next()) {
      ports::ProviderPace& pace = out.emplace_back();
      pace.provider = row.text();
      pace.texts = row.integer();
      pace.slow = row.integer();
    }
    return out;
  });
}

Result<std::optional<HandOverNote>> ProviderStore::begin_hand_over(NotificationId id, std::string_view provider,
                                                                   UtcTime at) {
  // Both parts see the table as it was before.
  static const std::string sql =
      "WITH note AS (INSERT INTO hand_over(notification_id, provider, begun_at, is_void, repeats) "
      "VALUES ($1, $2, $3, false, 0) ON CONFLICT (notification_id) DO UPDATE SET provider = excluded.provider, "
      "begun_at = excluded.begun_at, repeats = hand_over.repeats + (NOT hand_over.is_void)::int, is_void = false) "
      "SELECT " +
      kHandOverColumns + " FROM hand_over WHERE notification_id = $1 AND NOT is_void";
  using Found = std::optional<HandOverNote>;
  return store_.pool.write([&](Connection& connection) -> Result<Found> {
    Rows row = connection.query(sql, id, provider, at);
    return row.next() ? Found(read_hand_over(row)) : Found();
  });
}

Result<void> ProviderStore::void_hand_over(NotificationId id) {
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    connection.run("UPDATE hand_over SET is_void = true WHERE notification_id = $1", id);
    return {};
  });
}

Result<std::vector<HandOverNote>> ProviderStore::repeated_hand_overs(int limit) {
  static const std::string sql =
      "SELECT " + kHandOverColumns + " FROM hand_over WHERE repeats > 0 ORDER BY begun_at DESC LIMIT $1";
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<HandOverNote>> {
    std::vector<HandOverNote> out;
    Rows row = connection.query(sql, std::max(limit, 0));
    while (row.next()) out.push_back(read_hand_over(row));
    return out;
  });
}

Result<void> ProviderStore::add_parts(NotificationId id, std::string_view provider,
                                      std::span<const std::string> part_names, UtcTime at) {
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    // Parts of a time before were given in vain: the text waits for the new ones only.
    connection.run("DELETE FROM text_part WHERE notification_id = $1 AND outcome = 0", id);
    int part = 0;
    for (const std::string& name : part_names) {
      connection.run(
          "INSERT INTO text_part(provider, name, notification_id, part, outcome, created_at) "
          "VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT DO NOTHING",
          provider, name, id, part++, at);
    }
    return {};
  });
}

Result<std::optional<PartsReport>> ProviderStore::report_part(std::string_view provider, std::string_view part_name,
                                                              ports::PartOutcome outcome) {
  using Found = std::optional<PartsReport>;
  return store_.pool.write([&](Connection& connection) -> Result<Found> {
    PartsReport report;
    {
      Rows row = connection.query("SELECT notification_id FROM text_part WHERE provider = $1 AND name = $2",
                                  provider, part_name);
      if (!row.next()) return Found();
      report.id = row.id<NotificationId>();
    }
    // One report of a text after the other, or two that come at once would each miss the other's part.
    connection.query("SELECT 1 FROM text_part WHERE notification_id = $1 ORDER BY provider, name FOR UPDATE",
                     report.id);
    connection.run("UPDATE text_part SET outcome = $3 WHERE provider = $1 AND name = $2 AND outcome = 0", provider,
                   part_name, static_cast<int>(outcome));
    Rows row = connection.query(
        "SELECT outcome, count(*) FROM text_part WHERE notification_id = $1 GROUP BY outcome", report.id);
    while (row.next()) store_common::add_outcome(row, report);
    return Found(report);
  });
}

Result<int> ProviderStore::remove_old_hand_overs(UtcTime before, int limit) {
  return store_.pool.write([&](Connection& connection) -> Result<int> {
    int notes = connection.run(
        "DELETE FROM hand_over WHERE notification_id IN (SELECT notification_id FROM hand_over WHERE begun_at < $1 "
        "ORDER BY begun_at LIMIT $2)",
        before, std::max(limit, 0));
    int parts = connection.run(
        "DELETE FROM text_part WHERE (provider, name) IN (SELECT provider, name FROM text_part WHERE created_at < "
        "$1 "
        "ORDER BY created_at LIMIT $2)",
        before, std::max(limit, 0));
    return notes + parts;
  });
}

namespace {

Result<std::vector<ports::DeliveryCareStore::Waiting>> messages_in(const Store& store, std::string_view states,
                                                                   const ports::CreatedPlace& after, UtcTime until,
                                                                   int limit) {
  const std::string sql = "SELECT n.id, n.created_at, n.type, n.key_type, n.scheduled_for " +
                          std::string(kMessages) +
                          "WHERE n.created_at >= $1 AND n.created_at < $3 AND (n.created_at, n.id) > ($1, $2) "
                          "AND n.type < 2 AND n.status IN (" +
                          std::string(states) + ") ORDER BY n.created_at, n.id LIMIT $4";
  using Found = std::vector<ports::DeliveryCareStore::Waiting>;
  return store.pool.read([&](Connection& connection) -> Result<Found> {
    Found out;
    Rows row = connection.query(sql, after.created_at, after.id, until, std::max(limit, 0));
    while (row.next()) out.push_back(store_common::read_waiting(row));
    return out;
  });
}

}  // namespace

Result<std::vector<DeliveryCareStore::Waiting>> DeliveryCareStore::waiting(const ports::CreatedPlace& after,
                                                                           UtcTime until, int limit) {
  return messages_in(store_, "0", after, until, limit);
}

Result<std::vector<DeliveryCareStore::Waiting>> DeliveryCareStore::unreported(const ports::CreatedPlace& after,
                                                                              UtcTime until, int limit) {
  return messages_in(store_, "1, 3", after, until, limit);
}

Result<ports::Quickness> DeliveryCareStore::quickness(notifications::NotificationType type, UtcTime from,
                                                      UtcTime until, Duration quick) {
  static const std::string sql =
      "SELECT count(*), count(*) FILTER (WHERE n.sent_at - n.created_at <= $4) " + std::string(kMessages) +
      "WHERE n.created_at >= $1 AND n.created_at < $2 AND n.type = $3 AND n.api_key_id IS NOT NULL "
      "AND n.key_type <> $5 AND n.scheduled_for IS NULL";
  return store_.pool.read([&](Connection& connection) -> Result<ports::Quickness> {
    Rows row =
        connection.query(sql, from, until, code_of(type), static_cast<std::int64_t>(quick.count()), kTestKey);
    ports::Quickness out;
    if (row.next()) {
      out.total = row.integer();
      out.quick = row.integer();
    }
    return out;
  });
}

Result<std::vector<NotificationId>> DeliveryCareStore::without_task(std::span<const NotificationId> ids) {
  using Found = std::vector<NotificationId>;
  return store_.pool.read([&](Connection& connection) -> Result<Found> {
    std::unordered_set<std::string> waiting;
    for (NotificationId id : ids) waiting.insert(id.text());
    Rows row = connection.query(
        "SELECT subject FROM task WHERE buried_at IS NULL AND kind IN ('deliver-sms', 'deliver-email')");
    while (!waiting.empty() && row.next()) waiting.erase(row.text());
    Found out;
    for (NotificationId id : ids) {
      if (waiting.contains(id.text())) out.push_back(id);
    }
    return out;
  });
}

Result<void> DeliveryCareStore::keep_processing_time(const ports::ProcessingTime& time) {
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    connection.run(
        "INSERT INTO processing_time(day, type, total, quick) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (day, type) DO UPDATE SET total = excluded.total, quick = excluded.quick",
        day_number(time.day), code_of(time.type), time.quickness.total, time.quickness.quick);
    return {};
  });
}

Result<std::vector<ports::ProcessingTime>> DeliveryCareStore::processing_times(Date from, Date to) {
  using Found = std::vector<ports::ProcessingTime>;
  return store_.pool.read([&](Connection& connection) -> Result<Found> {
    Found out;
    Rows row = connection.query(
        "SELECT day, type, total, quick FROM processing_time WHERE day >= $1 AND day <= $2 ORDER BY day, type",
        day_number(from), day_number(to));
    while (row.next()) {
      ports::ProcessingTime& time = out.emplace_back();
      time.day = date_of_day(row.integer());
      time.type = row.enumerator<notifications::NotificationType>();
      time.quickness.total = row.integer();
      time.quickness.quick = row.integer();
    }
    return out;
  });
}

}  // namespace postroom::postgres
