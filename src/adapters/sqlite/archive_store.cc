#include "adapters/sqlite/archive_store.h"

#include <algorithm>

#include "adapters/store_common/archive_rows.h"

namespace postroom::sqlite {
namespace {

using notifications::Notification;
using store_common::kArchivedColumns;
using store_common::kExpiredColumns;
using store_common::kLettersKept;
using store_common::read_archive_count;
using store_common::read_archived;
using store_common::read_expired;

const std::string kExpired = "SELECT " + kExpiredColumns +
                             " FROM notification INDEXED BY notification_list WHERE service_id = ?1 "
                             "AND created_at < ?2 AND type = ?3 AND NOT (type = 2 AND (1 << status) & ?4) "
                             "AND (scheduled_for IS NULL OR scheduled_for < ?2)";
const std::string kOldestFirst = " ORDER BY created_at, id LIMIT ?5";
const std::string kExpiredFirst = kExpired + kOldestFirst;
const std::string kExpiredAfter = kExpired + " AND (created_at, id) > (?6, ?7)" + kOldestFirst;

// ?1 id, ?2 before, ?3 the letters' states that stay.
const std::string kIsExpired =
    " FROM notification WHERE id = ?1 AND created_at < ?2 AND NOT (type = 2 AND (1 << status) & ?3) "
    "AND (scheduled_for IS NULL OR scheduled_for < ?2)";
const std::string kCopy = "INSERT INTO archived_notification(" + kArchivedColumns + ") SELECT " + kArchivedColumns +
                          kIsExpired + " AND key_type <> ?4 ON CONFLICT DO NOTHING";
const std::string kDeleteEvents =
    "DELETE FROM notification_event WHERE notification = (SELECT number" + kIsExpired + ")";
const std::string kDeleteFault = "DELETE FROM letter_fault WHERE letter = (SELECT id" + kIsExpired + ")";
const std::string kDelete = "DELETE" + kIsExpired;

const std::string kFind = "SELECT " + kArchivedColumns + " FROM archived_notification WHERE id = ?1";
const std::string kFindByReference =
    "SELECT " + kArchivedColumns + " FROM archived_notification WHERE reference = ?1";

}  // namespace

Result<std::vector<ports::ExpiredMessage>> ArchiveStore::expired(ServiceId service,
                                                                 notifications::NotificationType type,
                                                                 UtcTime before, const ports::ExpiredMessage* after,
                                                                 int limit) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ports::ExpiredMessage>> {
    std::vector<ports::ExpiredMessage> out;
    const int count = std::max(limit, 0);
    Cursor row = after == nullptr
                     ? connection.query(kExpiredFirst, service, before, code_of(type), kLettersKept, count)
                     : connection.query(kExpiredAfter, service, before, code_of(type), kLettersKept, count,
                                        after->created_at, after->id);
    while (row.next()) out.push_back(read_expired(row));
    return out;
  });
}

Result<int> ArchiveStore::archive(std::span<const NotificationId> ids, UtcTime before) {
  POSTROOM_CHECK(store_common::check_archive_size(ids.size()));
  return store_.writer.run([&](Transaction& transaction) -> Result<int> {
    Connection& connection = transaction.connection;
    int gone = 0;
    for (NotificationId id : ids) {
      connection.run(kCopy, id, before, kLettersKept, code_of(accounts::KeyType::test));
      connection.run(kDeleteEvents, id, before, kLettersKept);
      connection.run(kDeleteFault, id, before, kLettersKept);
      gone += connection.run(kDelete, id, before, kLettersKept);
    }
    return gone;
  });
}

Result<std::vector<Notification>> ArchiveStore::find_all(std::span<const NotificationId> ids) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<Notification>> {
    std::vector<Notification> out;
    for (NotificationId id : ids) {
      Cursor row = connection.query(kFind, id);
      if (row.next()) out.push_back(read_archived(row));
    }
    return out;
  });
}

Result<std::vector<Notification>> ArchiveStore::find_by_references(std::span<const std::string> references) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<Notification>> {
    std::vector<Notification> out;
    for (const std::string& reference : references) {
      Cursor row = connection.query(kFindByReference, reference);
      if (row.next()) out.push_back(read_archived(row));
    }
    return out;
  });
}

Result<std::vector<bool>> ArchiveStore::move_all(std::span<const ports::StatusMove> moves) {
  std::vector<std::vector<PreparedTask>> tasks;
  for (const ports::StatusMove& move : moves) {
    POSTROOM_CHECK(check_tasks(move.tasks));
    tasks.push_back(store_.prepare(move.tasks));
  }
  return store_.writer.run([&](Transaction& transaction) -> Result<std::vector<bool>> {
    std::vector<bool> moved;
    for (std::size_t i = 0; i < moves.size(); ++i) {
      const ports::StatusMove& move = moves[i];
      moved.push_back(transaction.connection.run("UPDATE archived_notification SET status = ?3, updated_at = ?4 "
                                                 "WHERE id = ?1 AND (1 << status) & ?2",
                                                 move.id, mask_of(move.from), code_of(move.to), move.at) > 0);
      if (moved.back()) insert_tasks(transaction, tasks[i]);
    }
    return moved;
  });
}

Result<std::vector<ports::ArchiveCount>> ArchiveStore::counts(ServiceId service, UtcTime from, UtcTime to) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ports::ArchiveCount>> {
    std::vector<ports::ArchiveCount> out;
    Cursor row = connection.query(
        "SELECT type, status, count(*), sum(billable_units) FROM archived_notification WHERE service_id = ?1 "
        "AND created_at >= ?2 AND created_at < ?3 GROUP BY type, status ORDER BY type, status",
        service, from, to);
    while (row.next()) out.push_back(read_archive_count(row));
    return out;
  });
}

Result<std::vector<JobId>> ArchiveStore::jobs_with_file(ServiceId service, notifications::NotificationType type,
                                                        UtcTime before, int limit) {
  using jobs::JobStatus;
  static const int over = mask_of(std::vector{JobStatus::finished, JobStatus::cancelled, JobStatus::sent_to_dvla});
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<JobId>> {
    std::vector<JobId> out;
    Cursor row = connection.query(
        "SELECT id FROM job INDEXED BY job_file WHERE service_id = ?1 AND type = ?2 AND created_at < ?3 "
        "AND file_removed = 0 AND (1 << status) & ?4 ORDER BY created_at, id LIMIT ?5",
        service, code_of(type), before, over, std::max(limit, 0));
    while (row.next()) out.push_back(row.id<JobId>());
    return out;
  });
}

Result<void> ArchiveStore::note_files_removed(std::span<const JobId> jobs) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    for (JobId job : jobs) transaction.connection.run("UPDATE job SET file_removed = 1 WHERE id = ?1", job);
    return {};
  });
}

}  // namespace postroom::sqlite
