#include "adapters/postgres/notification_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "adapters/postgres/notification_row.h"

namespace postroom::postgres {
namespace {

using notifications::NotificationEvent;
using notifications::NotificationStatus;
using store_common::kNotificationColumns;
using store_common::NotificationRow;
using store_common::open_notification;
using store_common::open_notifications;
using store_common::read_notification;

Error no_notification(NotificationId id) { return {ErrorKind::not_found, "there is no notification " + id.text()}; }

// A move is one statement: the conditional update, its event and its tasks. Without tasks, or with a single one,
// its count of rows tells whether it happened; else one row does, with the queues that got a task.
constexpr int kFirstTaskParameterOfMove = 11;
enum class MoveTasks { none, single, several };
std::string move_sql(bool has_facts, MoveTasks tasks) {
  std::string sql = "WITH m AS (UPDATE notification SET status = $3, updated_at = $4";
  if (has_facts) {
    sql +=
        ", sent_at = coalesce($7, sent_at), sent_by = coalesce($8, sent_by), "
        "provider_reference = coalesce($9, provider_reference), billable_units = coalesce($10, billable_units)";
  }
  sql += " WHERE id = $1 AND (1 << status) & $2 <> 0 RETURNING id)";
  const std::string insert_event =
      "INSERT INTO notification_event(notification, at, status, cause, detail) SELECT id, $4, $3, $5, $6 FROM m";
  if (tasks == MoveTasks::none) return sql + " " + insert_event;
  sql += ", e AS (" + insert_event + ")";
  if (tasks == MoveTasks::single) return sql + " " + insert_single_task_sql(kFirstTaskParameterOfMove, "m");
  return sql + ", t AS (" + insert_tasks_sql(kFirstTaskParameterOfMove, "m") +
         ") SELECT EXISTS (SELECT 1 FROM m), coalesce((SELECT string_agg(DISTINCT queue, E'\\n') FROM t), '')";
}
const std::string& move_sql_of(bool has_facts, MoveTasks tasks) {
  static const std::array<std::string, 6> texts = {
      move_sql(false, MoveTasks::none), move_sql(false, MoveTasks::single), move_sql(false, MoveTasks::several),
      move_sql(true, MoveTasks::none),  move_sql(true, MoveTasks::single),  move_sql(true, MoveTasks::several)};
  return texts[(has_facts ? 3U : 0U) + static_cast<std::size_t>(tasks)];
}

struct PreparedMove {
  PreparedMove(const Store& store, const ports::StatusMove& status_move)
      : move(&status_move), tasks(store, status_move.tasks, TaskParameters::Form::plain_if_single) {}
  MoveTasks form() const {
    return tasks.is_empty() ? MoveTasks::none : tasks.single != nullptr ? MoveTasks::single : MoveTasks::several;
  }
  const ports::StatusMove* move;
  TaskParameters tasks;
};

void send_move(Connection& connection, const PreparedMove& prepared) {
  const ports::StatusMove& m = *prepared.move;
  const bool has_facts = m.sent_at || m.sent_by || m.provider_reference || m.billable_units;
  const std::string& sql = move_sql_of(has_facts, prepared.form());
  auto send = [&](const auto&... more) {
    connection.send(sql, m.id, mask_of(m.from), code_of(m.to), m.at, m.cause, m.detail, m.sent_at, m.sent_by,
                    m.provider_reference, m.billable_units, more...);
  };
  if (prepared.tasks.is_empty()) return send();
  send_tasks(prepared.tasks, send);
}

bool receive_move(Connection& connection, const PreparedMove& prepared, TouchedQueues& touched) {
  Rows row = connection.receive();
  if (prepared.form() == MoveTasks::several) {
    if (!row.next() || !row.flag()) return false;
    touch_all(row.text(), touched);
    return true;
  }
  if (row.affected() == 0) return false;
  if (prepared.tasks.single != nullptr) touch(prepared.tasks.single->queue, touched);
  return true;
}

// The FROM and WHERE of a list; $1 to $7 are bound by select(). A recipient's rows are found first and ordered then
// (OFFSET 0 keeps the planner from walking a whole service in order instead); a job's have an index in that order.
std::string filter_of(const ports::NotificationQuery& query) {
  std::string sql = " FROM ";
  if (query.to)
    sql += "(SELECT * FROM notification WHERE recipient = $6 OFFSET 0) n";
  else
    sql += "notification n";
  sql += " WHERE service_id = $1 AND (1 << type) & $2 <> 0 AND (1 << status) & $3 <> 0";
  if (query.key_type) sql += " AND key_type = $4";
  if (query.client_reference) sql += " AND left(client_reference, 100) = left($5, 100) AND client_reference = $5";
  if (query.job_id)
    sql += " AND job_id = $7";
  else if (!query.include_jobs)
    sql += " AND job_id IS NULL";
  return sql;
}

struct Filter {
  Filter(const KeyRing& key_ring, const ports::NotificationQuery& q) : query(q), where(filter_of(q)) {
    if (q.to) recipient_bytes = store_common::recipient_hash(key_ring, *q.to);
  }

  template <typename... More>
  Rows select(Connection& connection, const std::string& sql, const More&... more) const {
    std::optional<Blob> recipient;
    if (query.to) recipient = Blob{recipient_bytes};
    return connection.query(sql, query.service_id, mask_or_all(query.types), mask_or_all(query.statuses),
                            optional_code(query.key_type), query.client_reference, recipient, query.job_id,
                            more...);
  }

  const ports::NotificationQuery& query;
  std::string where;
  Bytes recipient_bytes;
};

std::vector<NotificationRow> read_all(Rows rows) {
  std::vector<NotificationRow> out;
  while (rows.next()) out.push_back(read_notification(rows));
  return out;
}

}  // namespace

Result<void> NotificationStore::accept(const ports::Acceptance& acceptance) {
  POSTROOM_CHECK(check_tasks(acceptance.tasks));
  const PreparedAcceptance prepared(store_, acceptance);
  CountedUse use{acceptance.notification.service_id};
  if (acceptance.claims.use) use.use = &*acceptance.claims.use;
  auto is_stored = store_.writers.of(acceptance.notification.id)
                       .run([&](Connection& connection) { send_acceptance(connection, prepared); },
                            [&](Connection& connection, TouchedQueues& touched) {
                              return receive_acceptance(connection, prepared, touched);
                            },
                            use);
  if (!is_stored && is_stored.error().kind == ErrorKind::forbidden) return fail(store_common::limit_reached());
  if (!is_stored && is_stored.error().kind != ErrorKind::conflict) return fail(std::move(is_stored).error());
  if (!is_stored || !*is_stored) {
    return fail(ErrorKind::conflict, "notification " + acceptance.notification.id.text() +
                                         ", its reference, its row of the job or its answer is stored already");
  }
  return {};
}

Result<std::vector<bool>> NotificationStore::accept_all(std::span<const ports::Acceptance> acceptances) {
  if (acceptances.size() > ports::kAcceptancesPerCallMax) {
    return fail(ErrorKind::invalid_input, fmt::format("{} notifications in one call; at most {}",
                                                      acceptances.size(), ports::kAcceptancesPerCallMax));
  }
  std::vector<PreparedAcceptance> prepared;
  prepared.reserve(acceptances.size());
  for (const ports::Acceptance& acceptance : acceptances) {
    POSTROOM_CHECK(check_tasks(acceptance.tasks));
    prepared.emplace_back(store_, acceptance);
  }
  return store_.writers.bulk().run(
      [&](Connection& connection) {
        for (const PreparedAcceptance& acceptance : prepared) send_acceptance(connection, acceptance);
      },
      [&](Connection& connection, TouchedQueues& touched) {
        std::vector<bool> stored;
        stored.reserve(prepared.size());
        for (const PreparedAcceptance& acceptance : prepared) {
          stored.push_back(receive_acceptance(connection, acceptance, touched));
        }
        return stored;
      });
}

Result<notifications::Notification> NotificationStore::find(NotificationId id) {
  static const std::string sql = "SELECT " + kNotificationColumns + " FROM notification WHERE id = $1";
  POSTROOM_TRY(found, store_.pool.read([&](Connection& connection) -> Result<NotificationRow> {
    Rows row = connection.query(sql, id);
    if (!row.next()) return fail(no_notification(id));
    return read_notification(row);
  }));
  return open_notification(store_.key_ring, std::move(found));
}

Result<std::vector<notifications::Notification>> NotificationStore::find_all(std::span<const NotificationId> ids) {
  static const std::string sql =
      "SELECT " + kNotificationColumns +
      " FROM unnest($1) WITH ORDINALITY w(wanted, place) JOIN notification ON id = wanted "
      "ORDER BY place";
  Array wanted(kUuidArray);
  for (NotificationId id : ids) wanted.add_bytes(id.bytes());
  POSTROOM_TRY(rows, store_.pool.read([&](Connection& connection) -> Result<std::vector<NotificationRow>> {
    return read_all(connection.query(sql, wanted));
  }));
  return open_notifications(store_.key_ring, std::move(rows));
}

Result<std::vector<notifications::Notification>> NotificationStore::find_by_references(
    std::span<const std::string> references) {
  static const std::string sql = "SELECT " + kNotificationColumns +
                                 " FROM unnest($1) WITH ORDINALITY w(wanted, place) JOIN notification "
                                 "ON reference = wanted ORDER BY place";
  Array wanted(kTextArray);
  for (const std::string& reference : references) wanted.add(reference);
  POSTROOM_TRY(rows, store_.pool.read([&](Connection& connection) -> Result<std::vector<NotificationRow>> {
    return read_all(connection.query(sql, wanted));
  }));
  return open_notifications(store_.key_ring, std::move(rows));
}

Result<std::vector<notifications::Notification>> NotificationStore::list(const ports::NotificationQuery& query) {
  const Filter filter(store_.key_ring, query);
  POSTROOM_TRY(rows, store_.pool.read([&](Connection& connection) -> Result<std::vector<NotificationRow>> {
    std::string sql = "SELECT " + kNotificationColumns + filter.where;
    const std::string order = " ORDER BY created_at DESC, id DESC LIMIT $8";
    const int limit = std::max(query.limit, 0);
    if (!query.older_than) return read_all(filter.select(connection, sql + order, limit));
    Rows last = connection.query("SELECT created_at FROM notification WHERE id = $1 AND service_id = $2",
                                 *query.older_than, query.service_id);
    if (!last.next()) return std::vector<NotificationRow>{};
    sql += " AND (created_at, id) < ($9, $10)";
    return read_all(filter.select(connection, sql + order, limit, last.time(), *query.older_than));
  }));
  return open_notifications(store_.key_ring, std::move(rows));
}

Result<std::map<NotificationStatus, std::int64_t>> NotificationStore::count_by_status(
    const ports::NotificationQuery& query) {
  using Counts = std::map<NotificationStatus, std::int64_t>;
  const Filter filter(store_.key_ring, query);
  return store_.pool.read([&](Connection& connection) -> Result<Counts> {
    Counts out;
    Rows row = filter.select(connection, "SELECT status, count(*)" + filter.where + " GROUP BY status");
    while (row.next()) {
      const auto status = row.enumerator<NotificationStatus>();
      out[status] = row.integer();
    }
    return out;
  });
}

Result<bool> NotificationStore::move(const ports::StatusMove& move) {
  POSTROOM_CHECK(check_tasks(move.tasks));
  const PreparedMove prepared(store_, move);
  return store_.writers.of(move.id).run(
      [&](Connection& connection) { send_move(connection, prepared); },
      [&](Connection& connection, TouchedQueues& touched) { return receive_move(connection, prepared, touched); });
}

Result<std::vector<bool>> NotificationStore::move_all(std::span<const ports::StatusMove> moves) {
  std::vector<PreparedMove> prepared;
  prepared.reserve(moves.size());
  for (const ports::StatusMove& move : moves) {
    POSTROOM_CHECK(check_tasks(move.tasks));
    prepared.emplace_back(store_, move);
  }
  return store_.writers.bulk().run(
      [&](Connection& connection) {
        for (const PreparedMove& move : prepared) send_move(connection, move);
      },
      [&](Connection& connection, TouchedQueues& touched) {
        std::vector<bool> moved;
        moved.reserve(prepared.size());
        for (const PreparedMove& move : prepared) moved.push_back(receive_move(connection, move, touched));
        return moved;
      });
}

Result<void> NotificationStore::update(const ports::NotificationUpdate& update) {
  static const std::string bare =
      "UPDATE notification SET sent_at = coalesce($2, sent_at), sent_by = coalesce($3, sent_by), "
      "provider_reference = coalesce($4, provider_reference), billable_units = coalesce($5, billable_units), "
      "updated_at = coalesce($6, updated_at) WHERE id = $1 RETURNING id";
  static const std::string with_event = "WITH u AS (" + bare +
                                        ") INSERT INTO notification_event(notification, at, status, cause, detail) "
                                        "SELECT id, $7, $8, $9, $10 FROM u";
  auto send = [&](Connection& connection, const std::string& sql, const auto&... more) {
    connection.send(sql, update.id, update.sent_at, update.sent_by, update.provider_reference,
                    update.billable_units, update.updated_at, more...);
  };
  POSTROOM_TRY(changed,
               store_.writers.of(update.id).run(
                   [&](Connection& connection) {
                     if (!update.event) return send(connection, bare);
                     const NotificationEvent& e = *update.event;
                     send(connection, with_event, e.at, code_of(e.status), e.cause, e.detail);
                   },
                   [](Connection& connection, TouchedQueues&) { return connection.receive().affected(); }));
  if (changed == 0) return fail(no_notification(update.id));
  return {};
}

Result<void> NotificationStore::add_event(NotificationId id, const NotificationEvent& event) {
  POSTROOM_TRY(changed,
               store_.writers.of(id).run(
                   [&](Connection& connection) {
                     connection.send(
                         "INSERT INTO notification_event(notification, at, status, cause, detail) "
                         "SELECT id, $2, $3, $4, $5 FROM notification WHERE id = $1",
                         id, event.at, code_of(event.status), event.cause, event.detail);
                   },
                   [](Connection& connection, TouchedQueues&) { return connection.receive().affected(); }));
  if (changed == 0) return fail(no_notification(id));
  return {};
}

Result<std::vector<NotificationEvent>> NotificationStore::events(NotificationId id) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<NotificationEvent>> {
    std::vector<NotificationEvent> out;
    Rows row = connection.query(
        "SELECT at, status, cause, detail FROM notification_event WHERE notification = $1 ORDER BY at, number", id);
    while (row.next()) {
      NotificationEvent& event = out.emplace_back();
      event.at = row.time();
      event.status = row.enumerator<NotificationStatus>();
      event.cause = row.text();
      event.detail = row.text();
    }
    return out;
  });
}

}  // namespace postroom::postgres
