#include "adapters/postgres/archive_store.h"

#include <algorithm>

#include "adapters/store_common/archive_rows.h"

namespace postroom::postgres {
namespace {

using notifications::Notification;
using store_common::kArchivedColumns;
using store_common::kExpiredColumns;
using store_common::kLettersKept;
using store_common::read_archive_count;
using store_common::read_archived;
using store_common::read_expired;

const std::string kExpired = "SELECT " + kExpiredColumns +
                             " FROM notification WHERE service_id = $1 AND created_at < $2 AND type = $3 "
                             "AND NOT (type = 2 AND (1 << status) & $4 <> 0) "
                             "AND (scheduled_for IS NULL OR scheduled_for < $2)";
const std::string kOldestFirst = " ORDER BY created_at, id LIMIT $5";
const std::string kExpiredFirst = kExpired + kOldestFirst;
const std::string kExpiredAfter = kExpired + " AND (created_at, id) > ($6, $7)" + kOldestFirst;

const std::string kArchive =
    "WITH gone AS (DELETE FROM notification WHERE id = ANY ($1) AND created_at < $2 "
    "AND NOT (type = 2 AND (1 << status) & $3 <> 0) AND (scheduled_for IS NULL OR scheduled_for < $2) RETURNING " +
    kArchivedColumns + "), kept AS (INSERT INTO archived_notification(" + kArchivedColumns + ") SELECT " +
    kArchivedColumns +
    " FROM gone WHERE key_type <> $4 ON CONFLICT DO NOTHING), events AS (DELETE FROM notification_event WHERE "
    "notification IN (SELECT id FROM gone)), faults AS (DELETE FROM letter_fault WHERE letter IN (SELECT id FROM "
    "gone)) SELECT count(*) FROM gone";

std::vector<Notification> read_all(Rows rows) {
  std::vector<Notification> out;
  while (rows.next()) out.push_back(read_archived(rows));
  return out;
}

}  // namespace

Result<std::vector<ports::ExpiredMessage>> ArchiveStore::expired(ServiceId service,
                                                                 notifications::NotificationType type,
                                                                 UtcTime before, const ports::ExpiredMessage* after,
                                                                 int limit) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ports::ExpiredMessage>> {
    std::vector<ports::ExpiredMessage> out;
    const int count = std::max(limit, 0);
    Rows row = after == nullptr
                   ? connection.query(kExpiredFirst, service, before, code_of(type), kLettersKept, count)
                   : connection.query(kExpiredAfter, service, before, code_of(type), kLettersKept, count,
                                      after->created_at, after->id);
    while (row.next()) out.push_back(read_expired(row));
    return out;
  });
}

Result<int> ArchiveStore::archive(std::span<const NotificationId> ids, UtcTime before) {
  POSTROOM_CHECK(store_common::check_archive_size(ids.size()));
  Array wanted(kUuidArray);
  for (NotificationId id : ids) wanted.add_bytes(id.bytes());
  return store_.pool.write([&](Connection& connection) -> Result<int> {
    Rows row = connection.query(kArchive, wanted, before, kLettersKept, code_of(accounts::KeyType::test));
    return row.next() ? row.small() : 0;
  });
}

Result<std::vector<Notification>> ArchiveStore::find_all(std::span<const NotificationId> ids) {
  static const std::string sql = "SELECT " + kArchivedColumns +
                                 " FROM unnest($1) WITH ORDINALITY w(wanted, place) JOIN archived_notification "
                                 "ON id = wanted ORDER BY place";
  Array wanted(kUuidArray);
  for (NotificationId id : ids) wanted.add_bytes(id.bytes());
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<Notification>> {
    return read_all(connection.query(sql, wanted));
  });
}

Result<std::vector<Notification>> ArchiveStore::find_by_references(std::span<const std::string> references) {
  static const std::string sql = "SELECT " + kArchivedColumns +
                                 " FROM unnest($1) WITH ORDINALITY w(wanted, place) JOIN archived_notification "
                                 "ON reference = wanted ORDER BY place";
  Array wanted(kTextArray);
  for (const std::string& reference : references) wanted.add(reference);
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<Notification>> {
    return read_all(connection.query(sql, wanted));
  });
}

Result<std::vector<bool>> ArchiveStore::move_all(std::span<const ports::StatusMove> moves) {
  std::vector<TaskParameters> tasks;
  tasks.reserve(moves.size());
  for (const ports::StatusMove& move : moves) {
    POSTROOM_CHECK(check_tasks(move.tasks));
    tasks.emplace_back(store_, move.tasks);
  }
  TouchedQueues touched;
  POSTROOM_TRY(moved, store_.pool.write([&](Connection& connection) -> Result<std::vector<bool>> {
    touched.clear();
    std::vector<bool> out;
    for (std::size_t i = 0; i < moves.size(); ++i) {
      const ports::StatusMove& move = moves[i];
      out.push_back(connection.run("UPDATE archived_notification SET status = $3, updated_at = $4 "
                                   "WHERE id = $1 AND (1 << status) & $2 <> 0",
                                   move.id, mask_of(move.from), code_of(move.to), move.at) > 0);
      if (out.back() && !tasks[i].is_empty()) insert_tasks(connection, tasks[i], touched);
    }
    return out;
  }));
  if (!touched.empty()) store_.watch.touched(touched);
  return moved;
}

Result<std::vector<ports::ArchiveCount>> ArchiveStore::counts(ServiceId service, UtcTime from, UtcTime to) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ports::ArchiveCount>> {
    std::vector<ports::ArchiveCount> out;
    Rows row = connection.query(
        "SELECT type, status, count(*), sum(billable_units) FROM archived_notification WHERE service_id = $1 "
        "AND created_at >= $2 AND created_at < $3 GROUP BY type, status ORDER BY type, status",
        service, from, to);
    while (row.next()) out.push_back(read_archive_count(row));
    return out;
  });
}

Result<std::vector<JobId>> ArchiveStore::jobs_with_file(ServiceId service, notifications::NotificationType type,
                                                        UtcTime before, int limit) {
  using jobs::JobStatus;
  static const int over = mask_of(std::vector{JobStatus::finished, JobStatus::cancelled, JobStatus::sent_to_dvla});
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<JobId>> {
    std::vector<JobId> out;
    Rows row = connection.query(
        "SELECT id FROM job WHERE service_id = $1 AND type = $2 AND created_at < $3 AND NOT file_removed "
        "AND (1 << status) & $4 <> 0 ORDER BY created_at, id LIMIT $5",
        service, code_of(type), before, over, std::max(limit, 0));
    while (row.next()) out.push_back(row.id<JobId>());
    return out;
  });
}

Result<void> ArchiveStore::note_files_removed(std::span<const JobId> jobs) {
  Array ids(kUuidArray);
  for (JobId job : jobs) ids.add_bytes(job.bytes());
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    connection.run("UPDATE job SET file_removed = true WHERE id = ANY ($1)", ids);
    return {};
  });
}

}  // namespace postroom::postgres
