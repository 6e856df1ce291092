#include "adapters/postgres/letter_care_store.h"

#include <algorithm>

#include "adapters/store_common/archive_rows.h"
#include "adapters/store_common/letter_faults.h"

namespace postroom::postgres {
namespace {

using notifications::NotificationStatus;
using store_common::kCancellable;
using store_common::kNeverPrinted;

const int kPendingChecks = mask_of(std::vector{NotificationStatus::pending_virus_check});

// $2 the states to leave, $3 the time, $4 the new state, $5 the cause; gives the number of letters moved.
std::string cancel_sql(std::string_view which) {
  return "WITH c AS (UPDATE notification SET status = $4, updated_at = $3, billable_units = 0 WHERE type = 2 AND " +
         std::string(which) +
         " AND (1 << status) & $2 <> 0 RETURNING id) INSERT INTO notification_event(notification, at, status, "
         "cause, detail) SELECT id, $3, $4, $5, '' FROM c";
}
const std::string kCancelOne = cancel_sql("id = $1");
const std::string kCancelJob = cancel_sql("job_id = $1");

}  // namespace

Result<ports::LetterCancel> LetterCareStore::cancel(NotificationId letter, UtcTime at, std::string_view cause) {
  using ports::LetterCancel;
  return store_.pool.write([&](Connection& connection) -> Result<LetterCancel> {
    // Whoever plans a zip locks its letters too: it comes before or after this, never between.
    connection.query("SELECT 1 FROM notification WHERE id = $1 FOR UPDATE", letter);
    if (connection.query("SELECT 1 FROM letter_zip_entry WHERE letter = $1 AND live", letter).next())
      return LetterCancel::in_zip;
    int changed =
        connection.run(kCancelOne, letter, kCancellable, at, code_of(NotificationStatus::cancelled), cause);
    return changed > 0 ? LetterCancel::done : LetterCancel::moved_on;
  });
}

Result<ports::JobLettersCancel> LetterCareStore::cancel_job(JobId job, UtcTime at, std::string_view cause) {
  return store_.pool.write([&](Connection& connection) -> Result<ports::JobLettersCancel> {
    ports::JobLettersCancel out;
    Rows found =
        connection.query("SELECT 1 FROM job WHERE id = $1 AND type = 2 AND (1 << status) & $2 <> 0 FOR UPDATE", job,
                         mask_of(std::vector{jobs::JobStatus::finished, jobs::JobStatus::ready_to_send}));
    if (!found.next()) return out;
    connection.query("SELECT 1 FROM notification WHERE job_id = $1 ORDER BY id FOR UPDATE", job);
    Rows other = connection.query(
        "SELECT status FROM notification WHERE job_id = $1 AND (1 << status) & $2 = 0 LIMIT 1", job, kNeverPrinted);
    if (other.next()) out.blocked_by = other.enumerator<NotificationStatus>();
    Rows in_zip = connection.query(
        "SELECT 1 FROM notification n JOIN letter_zip_entry e ON e.letter = n.id AND e.live "
        "WHERE n.job_id = $1 AND (1 << n.status) & $2 <> 0 LIMIT 1",
        job, kCancellable);
    out.is_in_zip = in_zip.next();
    if (out.blocked_by || out.is_in_zip) return out;
    out.cancelled =
        connection.run(kCancelJob, job, kCancellable, at, code_of(NotificationStatus::cancelled), cause);
    connection.run("UPDATE job SET status = $2 WHERE id = $1", job, code_of(jobs::JobStatus::cancelled));
    out.is_done = true;
    return out;
  });
}

Result<std::vector<NotificationId>> LetterCareStore::pending_checks(UtcTime from, UtcTime to, int limit) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<NotificationId>> {
    std::vector<NotificationId> out;
    Rows row = connection.query(
        "SELECT id FROM notification WHERE letter_status = 9 AND created_at >= $1 AND created_at < $2 "
        "ORDER BY created_at, id LIMIT $3",
        from, to, std::max(limit, 0));
    while (row.next()) out.push_back(row.id<NotificationId>());
    return out;
  });
}

Result<bool> LetterCareStore::pass_checks(const notifications::Notification& letter, UtcTime at,
                                          std::string_view cause, std::string_view detail) {
  std::optional<Bytes> recipient_bytes;
  if (!letter.normalised_to.empty())
    recipient_bytes = store_common::recipient_hash(store_.key_ring, letter.normalised_to);
  std::optional<Blob> recipient;
  if (recipient_bytes) recipient = Blob{*recipient_bytes};
  const Bytes personal = store_.seal(personal_part(letter), store_common::personal_context(letter.id));
  return store_.pool.write([&](Connection& connection) -> Result<bool> {
    return connection.run(
               "WITH c AS (UPDATE notification SET status = $4, updated_at = $3, billable_units = $7, postage = "
               "$8, "
               "international = $9, recipient = $10, personal = $11 WHERE id = $1 AND type = 2 AND "
               "(1 << status) & $2 <> 0 RETURNING id) INSERT INTO notification_event(notification, at, status, "
               "cause, detail) SELECT id, $3, $4, $5, $6 FROM c",
               letter.id, kPendingChecks, at, code_of(letter.status), cause, detail, letter.billable_units,
               optional_code(letter.postage), letter.international, recipient, Blob{personal}) > 0;
  });
}

Result<bool> LetterCareStore::fail_checks(NotificationId letter, std::span<const NotificationStatus> from,
                                          const ports::LetterFault& fault, UtcTime at, std::string_view cause,
                                          std::string_view detail) {
  const int sources = mask_of(std::vector(from.begin(), from.end()));
  const std::string pages = store_common::pages_text(fault.pages);
  return store_.pool.write([&](Connection& connection) -> Result<bool> {
    int changed = connection.run(
        "WITH c AS (UPDATE notification SET status = $4, updated_at = $3, billable_units = 0 WHERE id = $1 AND "
        "type = 2 AND (1 << status) & $2 <> 0 RETURNING id) INSERT INTO notification_event(notification, at, "
        "status, cause, detail) SELECT id, $3, $4, $5, $6 FROM c",
        letter, sources, at, code_of(NotificationStatus::validation_failed), cause, detail);
    if (changed == 0) return false;
    connection.run(
        "INSERT INTO letter_fault(letter, code, pages, page_count) VALUES ($1, $2, $3, $4) ON CONFLICT (letter) DO "
        "UPDATE SET code = excluded.code, pages = excluded.pages, page_count = excluded.page_count",
        letter, fault.code, pages, fault.page_count);
    return true;
  });
}

Result<std::optional<ports::LetterFault>> LetterCareStore::fault(NotificationId letter) {
  return store_.pool.read([&](Connection& connection) -> Result<std::optional<ports::LetterFault>> {
    Rows row = connection.query("SELECT code, pages, page_count FROM letter_fault WHERE letter = $1", letter);
    if (!row.next()) return std::optional<ports::LetterFault>{};
    ports::LetterFault out;
    out.code = row.text();
    out.pages = store_common::pages_of(row.text());
    if (auto count = row.optional_small()) out.page_count = *count;
    return std::optional(std::move(out));
  });
}

Result<void> LetterCareStore::record_returned(std::span<const ports::ReturnedLetter> letters) {
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    Array ids(kUuidArray), services(kUuidArray), days(kInt4Array);
    for (const ports::ReturnedLetter& letter : letters) {
      ids.add_bytes(letter.id.bytes());
      services.add_bytes(letter.service_id.bytes());
      days.add_int(static_cast<std::int32_t>(day_number(letter.reported_on)));
    }
    connection.run(
        "INSERT INTO returned_letter(letter, service_id, reported_on) SELECT * FROM unnest($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        ids, services, days);
    return {};
  });
}

Result<std::vector<ports::ReturnedLettersDay>> LetterCareStore::returned_days(ServiceId service) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ports::ReturnedLettersDay>> {
    std::vector<ports::ReturnedLettersDay> out;
    Rows row = connection.query(
        "SELECT reported_on, count(*) FROM returned_letter WHERE service_id = $1 GROUP BY reported_on "
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
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<NotificationId>> {
    std::vector<NotificationId> out;
    Rows row = connection.query(
        "SELECT letter FROM returned_letter WHERE service_id = $1 AND reported_on = $2 AND letter > $3 "
        "ORDER BY letter LIMIT $4",
        service, day_number(day), after.value_or(NotificationId{}), std::max(limit, 0));
    while (row.next()) out.push_back(row.id<NotificationId>());
    return out;
  });
}

}  // namespace postroom::postgres
