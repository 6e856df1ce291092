#include "adapters/sqlite/letter_care_store.h"

#include <algorithm>

#include "adapters/store_common/archive_rows.h"
#include "adapters/store_common/letter_faults.h"

namespace postroom::sqlite {
namespace {

using notifications::NotificationStatus;
using store_common::kCancellable;
using store_common::kNeverPrinted;

constexpr std::string_view kInsertEvents =
    "INSERT INTO notification_event(notification, number, at, status, cause, detail) SELECT n.number, "
    "(SELECT coalesce(max(e.number), 0) + 1 FROM notification_event e WHERE e.notification = n.number), ?3, ?4, "
    "?5, '' FROM notification n WHERE ";
const std::string kInsertEventWithDetail =
    "INSERT INTO notification_event(notification, number, at, status, cause, detail) SELECT n.number, "
    "(SELECT coalesce(max(e.number), 0) + 1 FROM notification_event e WHERE e.notification = n.number), ?3, ?4, "
    "?5, ?6 FROM notification n WHERE n.id = ?1 AND n.type = 2 AND (1 << n.status) & ?2";
const int kPendingChecks = mask_of(std::vector{NotificationStatus::pending_virus_check});
const std::string kInsertEventsOfJob = std::string(kInsertEvents) + "n.job_id = ?1 AND (1 << n.status) & ?2";
const std::string kInsertEventOfOne =
    std::string(kInsertEvents) + "n.id = ?1 AND n.type = 2 AND (1 << n.status) & ?2";

}  // namespace

Result<ports::LetterCancel> LetterCareStore::cancel(NotificationId letter, UtcTime at, std::string_view cause) {
  using ports::LetterCancel;
  return store_.writer.run([&](Transaction& transaction) -> Result<LetterCancel> {
    Connection& connection = transaction.connection;
    if (connection.query("SELECT 1 FROM letter_zip_entry WHERE letter = ?1 AND live = 1", letter).next())
      return LetterCancel::in_zip;
    connection.run(kInsertEventOfOne, letter, kCancellable, at, code_of(NotificationStatus::cancelled), cause);
    int changed = connection.run(
        "UPDATE notification SET status = ?3, updated_at = ?4, billable_units = 0 "
        "WHERE id = ?1 AND type = 2 AND (1 << status) & ?2",
        letter, kCancellable, code_of(NotificationStatus::cancelled), at);
    return changed > 0 ? LetterCancel::done : LetterCancel::moved_on;
  });
}

Result<ports::JobLettersCancel> LetterCareStore::cancel_job(JobId job, UtcTime at, std::string_view cause) {
  return store_.writer.run([&](Transaction& transaction) -> Result<ports::JobLettersCancel> {
    Connection& connection = transaction.connection;
    ports::JobLettersCancel out;
    {
      Cursor row =
          connection.query("SELECT 1 FROM job WHERE id = ?1 AND type = 2 AND (1 << status) & ?2", job,
                           mask_of(std::vector{jobs::JobStatus::finished, jobs::JobStatus::ready_to_send}));
      if (!row.next()) return out;
      Cursor other =
          connection.query("SELECT status FROM notification WHERE job_id = ?1 AND NOT (1 << status) & ?2 LIMIT 1",
                           job, kNeverPrinted);
      if (other.next()) out.blocked_by = other.enumerator<NotificationStatus>();
      Cursor in_zip = connection.query(
          "SELECT 1 FROM notification n JOIN letter_zip_entry e ON e.letter = n.id AND e.live = 1 "
          "WHERE n.job_id = ?1 AND (1 << n.status) & ?2 LIMIT 1",
          job, kCancellable);
      out.is_in_zip = in_zip.next();
    }
    if (out.blocked_by || out.is_in_zip) return out;
    connection.run(kInsertEventsOfJob, job, kCancellable, at, code_of(NotificationStatus::cancelled), cause);
    out.cancelled = connection.run(
        "UPDATE notification SET status = ?3, updated_at = ?4, billable_units = 0 "
        "WHERE job_id = ?1 AND (1 << status) & ?2",
        job, kCancellable, code_of(NotificationStatus::cancelled), at);
    connection.run("UPDATE job SET status = ?2 WHERE id = ?1", job, code_of(jobs::JobStatus::cancelled));
    out.is_done = true;
    return out;
  });
}

Result<std::vector<NotificationId>> LetterCareStore::pending_checks(UtcTime from, UtcTime to, int limit) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<NotificationId>> {
    std::vector<NotificationId> out;
    Cursor row = connection.query(
        "SELECT id FROM notification INDEXED BY letter_checks WHERE type = 2 AND status = 9 AND created_at >= ?1 "
        "AND created_at < ?2 ORDER BY created_at, id LIMIT ?3",
        from, to, std::max(limit, 0));
    while (row.next()) out.push_back(row.id<NotificationId>());
    return out;
  });
}

Result<bool> LetterCareStore::pass_checks(const notifications::Notification& letter, UtcTime at,
                                          std::string_view cause, std::string_view detail) {
  std::optional<Bytes> recipient;
  if (!letter.normalised_to.empty())
    recipient = store_common::recipient_hash(store_.key_ring, letter.normalised_to);
  const Bytes personal = store_.seal(personal_part(letter), store_common::personal_context(letter.id));
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    Connection& connection = transaction.connection;
    std::optional<Blob> recipient_blob;
    if (recipient) recipient_blob = Blob{*recipient};
    connection.run(kInsertEventWithDetail, letter.id, kPendingChecks, at, code_of(letter.status), cause, detail);
    return connection.run(
               "UPDATE notification SET status = ?3, updated_at = ?4, billable_units = ?5, postage = ?6, "
               "international = ?7, recipient = ?8, personal = ?9 WHERE id = ?1 AND type = 2 AND (1 << status) & "
               "?2",
               letter.id, kPendingChecks, code_of(letter.status), at, letter.billable_units,
               optional_code(letter.postage), letter.international, recipient_blob, Blob{personal}) > 0;
  });
}

Result<bool> LetterCareStore::fail_checks(NotificationId letter, std::span<const NotificationStatus> from,
                                          const ports::LetterFault& fault, UtcTime at, std::string_view cause,
                                          std::string_view detail) {
  const int sources = mask_of(std::vector(from.begin(), from.end()));
  const std::string pages = store_common::pages_text(fault.pages);
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    Connection& connection = transaction.connection;
    connection.run(kInsertEventWithDetail, letter, sources, at, code_of(NotificationStatus::validation_failed),
                   cause, detail);
    int changed = connection.run(
        "UPDATE notification SET status = ?3, updated_at = ?4, billable_units = 0 "
        "WHERE id = ?1 AND type = 2 AND (1 << status) & ?2",
        letter, sources, code_of(NotificationStatus::validation_failed), at);
    if (changed == 0) return false;
    connection.run("INSERT OR REPLACE INTO letter_fault(letter, code, pages, page_count) VALUES (?1, ?2, ?3, ?4)",
                   letter, fault.code, pages, fault.page_count);
    return true;
  });
}

Result<std::optional<ports::LetterFault>> LetterCareStore::fault(NotificationId letter) {
  return store_.readers.run([&](Connection& connection) -> Result<std::optional<ports::LetterFault>> {
    Cursor row = connection.query("SELECT code, pages, page_count FROM letter_fault WHERE letter = ?1", letter);
    if (!row.next()) return std::optional<ports::LetterFault>{};
    ports::LetterFault out;
    out.code = row.text();
    out.pages = store_common::pages_of(row.text());
    if (auto count = row.optional_small()) out.page_count = *count;
    return std::optional(std::move(out));
  });
}

Result<void> LetterCareStore::record_returned(std::span<const ports::ReturnedLetter> letters) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    for (const ports::ReturnedLetter& letter : letters) {
      transaction.connection.run(
          "INSERT INTO returned_letter(letter, service_id, reported_on) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
          letter.id, letter.service_id, day_number(letter.reported_on));
    }
    return {};
  });
}

Result<std::vector<ports::ReturnedLettersDay>> LetterCareStore::returned_days(ServiceId service) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ports::ReturnedLettersDay>> {
    std::vector<ports::ReturnedLettersDay> out;
    Cursor row = connection.query(
        "SELECT reported_on, count(*) FROM returned_letter WHERE service_id = ?1 GROUP BY reported_on "
        "ORDER BY reported_on DESC",
        service);
    while (row.next()) {
      const Date day = date_of_day(row.integer());
      out.push_back({day, row.integer()});
    }
    return out;
  });
}

Result<std::vector<NotificationId>> LetterCareStore::returned_on(ServiceId service, Date day,
                                                                 std::optional<NotificationId> after, int limit) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<NotificationId>> {
    std::vector<NotificationId> out;
    // Outlives the cursor, which keeps no copy.
    const NotificationId behind = after.value_or(NotificationId{});
    Cursor row = connection.query(
        "SELECT letter FROM returned_letter WHERE service_id = ?1 AND reported_on = ?2 AND letter > ?3 "
        "ORDER BY letter LIMIT ?4",
        service, day_number(day), behind, std::max(limit, 0));
    while (row.next()) out.push_back(row.id<NotificationId>());
    return out;
  });
}

}  // namespace postroom::sqlite
