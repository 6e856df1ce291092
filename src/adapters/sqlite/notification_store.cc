#include "adapters/sqlite/notification_store.h"

#include <algorithm>

#include "adapters/sqlite/notification_row.h"

namespace postroom::sqlite {
namespace {

using notifications::NotificationEvent;
using notifications::NotificationStatus;
using store_common::kNotificationColumns;
using store_common::NotificationRow;
using store_common::open_notification;
using store_common::open_notifications;
using store_common::read_notification;

Error no_notification(NotificationId id) { return {ErrorKind::not_found, "there is no notification " + id.text()}; }

void insert_event(Connection& connection, std::int64_t notification, const NotificationEvent& event) {
  connection.run(
      "INSERT INTO notification_event(notification, number, at, status, cause, detail) VALUES (?1, "
      "(SELECT coalesce(max(number), 0) + 1 FROM notification_event WHERE notification = ?1), ?2, ?3, ?4, ?5)",
      notification, event.at, code_of(event.status), event.cause, event.detail);
}

// Row number of a notification; nothing when there is none.
std::optional<std::int64_t> number_of(Connection& connection, NotificationId id) {
  Cursor row = connection.query("SELECT number FROM notification WHERE id = ?1", id);
  if (!row.next()) return std::nullopt;
  return row.integer();
}

struct PreparedMove {
  const ports::StatusMove* move;
  std::vector<PreparedTask> tasks;
};

bool apply_move(Transaction& transaction, const PreparedMove& prepared) {
  const ports::StatusMove& move = *prepared.move;
  const int from = mask_of(move.from);
  std::int64_t number = 0;
  // A coalesce that keeps sent_at would still make SQLite maintain the index on it, so hand-overs and receipts
  // have a statement each.
  const bool facts = move.sent_at || move.sent_by || move.provider_reference || move.billable_units;
  {
    Cursor row =
        facts ? transaction.connection.query(
                    "UPDATE notification SET status = ?3, updated_at = ?4, sent_at = coalesce(?5, sent_at), "
                    "sent_by = coalesce(?6, sent_by), provider_reference = coalesce(?7, provider_reference), "
                    "billable_units = coalesce(?8, billable_units) WHERE id = ?1 AND (1 << status) & ?2 "
                    "RETURNING number",
                    move.id, from, code_of(move.to), move.at, move.sent_at, move.sent_by, move.provider_reference,
                    move.billable_units)
              : transaction.connection.query(
                    "UPDATE notification SET status = ?3, updated_at = ?4 WHERE id = ?1 AND (1 << status) & ?2 "
                    "RETURNING number",
                    move.id, from, code_of(move.to), move.at);
    if (!row.next()) return false;
    number = row.integer();
  }
  insert_event(transaction.connection, number, {move.at, move.to, move.cause, move.detail});
  insert_tasks(transaction, prepared.tasks);
  return true;
}

// The FROM and WHERE of a list; ?1 to ?7 are bound by select(). Which index serves is said outright: SQLite's
// guess without statistics would walk a whole service to find one recipient.
std::string filter_of(const ports::NotificationQuery& query) {
  std::string sql = " FROM notification INDEXED BY ";
  if (query.to)
    sql += "notification_recipient";
  else if (query.client_reference)
    sql += "notification_client_reference";
  else if (query.job_id)
    sql += "notification_job";
  else
    sql += "notification_list";
  sql += " WHERE service_id = ?1 AND (1 << type) & ?2 AND (1 << status) & ?3";
  if (query.key_type) sql += " AND key_type = ?4";
  if (query.client_reference) sql += " AND client_reference = ?5";
  if (query.to) sql += " AND recipient = ?6";
  if (query.job_id)
    sql += " AND job_id = ?7";
  else if (!query.include_jobs)
    sql += " AND job_id IS NULL";
  return sql;
}

struct Filter {
  explicit Filter(const KeyRing& key_ring, const ports::NotificationQuery& q) : query(q), where(filter_of(q)) {
    if (q.to) recipient_bytes = store_common::recipient_hash(key_ring, *q.to);
  }

  template <typename... More>
  Cursor select(Connection& connection, const std::string& sql, const More&... more) const {
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

}  // namespace

Result<void> NotificationStore::accept(const ports::Acceptance& acceptance) {
  POSTROOM_CHECK(check_tasks(acceptance.tasks));
  const PreparedAcceptance prepared = prepare_acceptance(store_, acceptance);
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    POSTROOM_CHECK(insert_claims(transaction, acceptance.notification.service_id, prepared.claims));
    if (!insert_acceptance(transaction, prepared)) {
      return fail(ErrorKind::conflict, "notification " + acceptance.notification.id.text() +
                                           ", its reference or its row of the job is stored already");
    }
    return {};
  });
}

Result<std::vector<bool>> NotificationStore::accept_all(std::span<const ports::Acceptance> acceptances) {
  if (acceptances.size() > ports::kAcceptancesPerCallMax) {
    return fail(ErrorKind::invalid_input, std::to_string(acceptances.size()) +
                                              " notifications in one call; at most " +
                                              std::to_string(ports::kAcceptancesPerCallMax));
  }
  std::vector<PreparedAcceptance> prepared;
  prepared.reserve(acceptances.size());
  for (const ports::Acceptance& acceptance : acceptances) {
    POSTROOM_CHECK(check_tasks(acceptance.tasks));
    prepared.push_back(prepare_acceptance(store_, acceptance));
  }
  return store_.writer.run([&](Transaction& transaction) -> Result<std::vector<bool>> {
    std::vector<bool> stored;
    stored.reserve(prepared.size());
    for (const PreparedAcceptance& acceptance : prepared)
      stored.push_back(insert_acceptance(transaction, acceptance));
    return stored;
  });
}

Result<notifications::Notification> NotificationStore::find(NotificationId id) {
  static const std::string sql = "SELECT " + kNotificationColumns + " FROM notification WHERE id = ?1";
  POSTROOM_TRY(found, store_.readers.run([&](Connection& connection) -> Result<NotificationRow> {
    Cursor row = connection.query(sql, id);
    if (!row.next()) return fail(no_notification(id));
    return read_notification(row);
  }));
  return open_notification(store_.key_ring, std::move(found));
}

Result<std::vector<notifications::Notification>> NotificationStore::find_all(std::span<const NotificationId> ids) {
  static const std::string sql = "SELECT " + kNotificationColumns + " FROM notification WHERE id = ?1";
  POSTROOM_TRY(rows, store_.readers.run([&](Connection& connection) -> Result<std::vector<NotificationRow>> {
    std::vector<NotificationRow> out;
    for (NotificationId id : ids) {
      Cursor row = connection.query(sql, id);
      if (row.next()) out.push_back(read_notification(row));
    }
    return out;
  }));
  return open_notifications(store_.key_ring, std::move(rows));
}

Result<std::vector<notifications::Notification>> NotificationStore::find_by_references(
    std::span<const std::string> references) {
  static const std::string sql = "SELECT " + kNotificationColumns + " FROM notification WHERE reference = ?1";
  POSTROOM_TRY(rows, store_.readers.run([&](Connection& connection) -> Result<std::vector<NotificationRow>> {
    std::vector<NotificationRow> out;
    for (const std::string& reference : references) {
      Cursor row = connection.query(sql, reference);
      if (row.next()) out.push_back(read_notification(row));
    }
    return out;
  }));
  return open_notifications(store_.key_ring, std::move(rows));
}

Result<std::vector<notifications::Notification>> NotificationStore::list(const ports::NotificationQuery& query) {
  const Filter filter(store_.key_ring, query);
  POSTROOM_TRY(rows, store_.readers.run([&](Connection& connection) -> Result<std::vector<NotificationRow>> {
    std::vector<NotificationRow> out;
    std::string sql = "SELECT " + kNotificationColumns + filter.where;
    const std::string order = " ORDER BY created_at DESC, id DESC LIMIT ?8";
    std::optional<UtcTime> before;
    if (query.older_than) {
      Cursor last = connection.query("SELECT created_at FROM notification WHERE id = ?1 AND service_id = ?2",
                                     *query.older_than, query.service_id);
      if (!last.next()) return out;
      before = last.time();
      sql += " AND (created_at, id) < (?9, ?10)";
    }
    const int limit = std::max(query.limit, 0);
    sql += order;
    Cursor row = before ? filter.select(connection, sql, limit, *before, *query.older_than)
                        : filter.select(connection, sql, limit);
    while (row.next()) out.push_back(read_notification(row));
    return out;
  }));
  return open_notifications(store_.key_ring, std::move(rows));
}

Result<std::map<NotificationStatus, std::int64_t>> NotificationStore::count_by_status(
    const ports::NotificationQuery& query) {
  using Counts = std::map<NotificationStatus, std::int64_t>;
  const Filter filter(store_.key_ring, query);
  return store_.readers.run([&](Connection& connection) -> Result<Counts> {
    Counts out;
    Cursor row = filter.select(connection, "SELECT status, count(*)" + filter.where + " GROUP BY status");
    while (row.next()) {
      auto status = row.enumerator<NotificationStatus>();
      out[status] = row.integer();
    }
    return out;
  });
}

Result<bool> NotificationStore::move(const ports::StatusMove& move) {
  POSTROOM_CHECK(check_tasks(move.tasks));
  const PreparedMove prepared{&move, store_.prepare(move.tasks)};
  return store_.writer.run(
      [&](Transaction& transaction) -> Result<bool> { return apply_move(transaction, prepared); });
}

Result<std::vector<bool>> NotificationStore::move_all(std::span<const ports::StatusMove> moves) {
  std::vector<PreparedMove> prepared;
  prepared.reserve(moves.size());
  for (const ports::StatusMove& move : moves) {
    POSTROOM_CHECK(check_tasks(move.tasks));
    prepared.push_back({&move, store_.prepare(move.tasks)});
  }
  return store_.writer.run([&](Transaction& transaction) -> Result<std::vector<bool>> {
    std::vector<bool> moved;
    moved.reserve(prepared.size());
    for (const PreparedMove& move : prepared) moved.push_back(apply_move(transaction, move));
    return moved;
  });
}

Result<void> NotificationStore::update(const ports::NotificationUpdate& update) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    auto number = number_of(connection, update.id);
    if (!number) return fail(no_notification(update.id));
    connection.run(
        "UPDATE notification SET sent_at = coalesce(?2, sent_at), sent_by = coalesce(?3, sent_by), "
        "provider_reference = coalesce(?4, provider_reference), billable_units = coalesce(?5, billable_units), "
        "updated_at = coalesce(?6, updated_at) WHERE number = ?1",
        *number, update.sent_at, update.sent_by, update.provider_reference, update.billable_units,
        update.updated_at);
    if (update.event) insert_event(connection, *number, *update.event);
    return {};
  });
}

Result<void> NotificationStore::add_event(NotificationId id, const NotificationEvent& event) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    auto number = number_of(transaction.connection, id);
    if (!number) return fail(no_notification(id));
    insert_event(transaction.connection, *number, event);
    return {};
  });
}

Result<std::vector<NotificationEvent>> NotificationStore::events(NotificationId id) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<NotificationEvent>> {
    std::vector<NotificationEvent> out;
    Cursor row = connection.query(
        "SELECT e.at, e.status, e.cause, e.detail FROM notification n JOIN notification_event e "
        "ON e.notification = n.number WHERE n.id = ?1 ORDER BY e.at, e.number",
        id);
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

}  // namespace postroom::sqlite
