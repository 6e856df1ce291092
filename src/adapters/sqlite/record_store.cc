#include "adapters/sqlite/record_store.h"

#include <algorithm>

#include "adapters/sqlite/letter_store.h"
#include "core/accounts/service.h"

namespace postroom::sqlite {
namespace {

using notifications::NotificationStatus;
using store_common::kJobColumns;
using store_common::read_job;

// From the letters to their services: few letters are in state created. The numbers are those of codes.h, as in the
// conditions of the indexes.
constexpr std::string_view kCandidates =
    "SELECT n.id FROM notification n INDEXED BY letter_created CROSS JOIN service s ON s.id = n.service_id "
    "WHERE n.type = 2 AND n.status = 0 AND n.key_type = 0 AND n.created_at < ?1 AND s.letters_as_pdf = 0 "
    "AND (n.job_id IS NULL OR n.billable_units > 0 "
    "OR EXISTS (SELECT 1 FROM job j WHERE j.id = n.job_id AND j.status = 6)) "
    "AND NOT EXISTS (SELECT 1 FROM letter_zip_entry e WHERE e.letter = n.id AND e.live = 1) "
    "ORDER BY n.created_at, n.id LIMIT ?2";
constexpr std::string_view kJobLetters =
    "SELECT n.id, n.reference, "
    "EXISTS (SELECT 1 FROM letter_zip_entry e WHERE e.letter = n.id AND e.live = 1) "
    "FROM notification n INDEXED BY notification_job_row "
    "WHERE n.job_id = ?1 AND n.type = 2 AND n.status = 0 AND n.key_type = 0 ORDER BY n.job_row";
const std::string kJobs = "SELECT " + kJobColumns +
                          " FROM job INDEXED BY job_records WHERE status > 4 AND status = ?1 AND type = 2 "
                          "AND created_at < ?2 ORDER BY created_at DESC, id DESC LIMIT ?3";
// LIKE ignores case. The two branches have an index each.
constexpr std::string_view kUploadedWithWaiting =
    "SELECT z.name FROM notification n INDEXED BY letter_pending "
    "CROSS JOIN letter_zip_entry e ON e.letter = n.id AND e.live = 1 "
    "CROSS JOIN letter_zip z ON z.number = e.zip AND z.state = 2 "
    "WHERE n.type = 2 AND n.status = 3 AND z.name LIKE '%-rq.txt' "
    "UNION SELECT z.name FROM notification n INDEXED BY letter_created "
    "CROSS JOIN letter_zip_entry e ON e.letter = n.id AND e.live = 1 "
    "CROSS JOIN letter_zip z ON z.number = e.zip AND z.state = 2 "
    "WHERE n.type = 2 AND n.status = 0 AND z.name LIKE '%-rq.txt' ORDER BY 1";

// False when the letter is not created any more.
bool claim_letter(Connection& connection, const ports::LetterZip& file, NotificationId id, NotificationStatus to) {
  if (to == NotificationStatus::created)
    return connection.query("SELECT 1 FROM notification WHERE id = ?1 AND type = 2 AND status = 0", id).next();
  std::int64_t number = 0;
  {
    Cursor row = connection.query(
        "UPDATE notification SET status = ?2, updated_at = ?3 WHERE id = ?1 AND type = 2 AND status = 0 "
        "RETURNING number",
        id, code_of(to), file.created_at);
    if (!row.next()) return false;
    number = row.integer();
  }
  connection.run(
      "INSERT INTO notification_event(notification, number, at, status, cause, detail) VALUES (?1, "
      "(SELECT coalesce(max(number), 0) + 1 FROM notification_event WHERE notification = ?1), ?2, ?3, "
      "'records.written', ?4)",
      number, file.created_at, code_of(to), file.name);
  return true;
}

}  // namespace

Result<void> RecordStore::copy_permissions() {
  std::vector<std::pair<ServiceId, bool>> found;
  POSTROOM_CHECK(store_.readers.run([&](Connection& connection) -> Result<void> {
    Cursor row = connection.query("SELECT id, document FROM service WHERE letters_as_pdf IS NULL");
    while (row.next()) {
      auto id = row.id<ServiceId>();
      POSTROOM_TRY(document,
                   store_common::open_document(store_.key_ring, row.bytes(), store_common::service_context(id),
                                               "service " + id.text()));
      POSTROOM_TRY(service, accounts::service_from_json(document));
      found.emplace_back(id, service.has(accounts::Permission::letters_as_pdf));
    }
    return {};
  }));
  if (found.empty()) return {};
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    for (const auto& [id, letters_as_pdf] : found) {
      transaction.connection.run("UPDATE service SET letters_as_pdf = ?2 WHERE id = ?1 AND letters_as_pdf IS NULL",
                                 id, letters_as_pdf);
    }
    return {};
  });
}

Result<std::vector<NotificationId>> RecordStore::candidates(UtcTime deadline, int limit) {
  POSTROOM_CHECK(copy_permissions());
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<NotificationId>> {
    std::vector<NotificationId> out;
    Cursor row = connection.query(kCandidates, deadline, std::max(limit, 0));
    while (row.next()) out.push_back(row.id<NotificationId>());
    return out;
  });
}

Result<std::vector<ports::JobLetter>> RecordStore::job_letters(JobId job) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ports::JobLetter>> {
    std::vector<ports::JobLetter> out;
    Cursor row = connection.query(kJobLetters, job);
    while (row.next()) {
      ports::JobLetter& letter = out.emplace_back();
      letter.id = row.id<NotificationId>();
      letter.reference = row.text();
      letter.is_planned = row.flag();
    }
    return out;
  });
}

Result<std::vector<jobs::Job>> RecordStore::jobs(jobs::JobStatus status, UtcTime created_before, int limit) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<jobs::Job>> {
    std::vector<jobs::Job> out;
    Cursor row = connection.query(kJobs, code_of(status), created_before, std::max(limit, 0));
    while (row.next()) {
      POSTROOM_TRY(job, read_job(store_.key_ring, row));
      out.push_back(std::move(job));
    }
    return out;
  });
}

Result<void> RecordStore::plan(const ports::LetterZip& file, std::span<const ports::ZipLetter> letters,
                               NotificationStatus to, const ports::NewTask& task) {
  const std::span tasks(&task, 1);
  POSTROOM_CHECK(check_tasks(tasks));
  const auto prepared = store_.prepare(tasks);
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    POSTROOM_CHECK(insert_plan(transaction, file, letters));
    for (const ports::ZipLetter& letter : letters) {
      if (!claim_letter(transaction.connection, file, letter.id, to))
        return fail(ErrorKind::conflict, "letter " + letter.reference + " is not waiting any more");
    }
    insert_tasks(transaction, prepared);
    return {};
  });
}

Result<std::vector<std::string>> RecordStore::uploaded_files_with_waiting_letters() {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<std::string>> {
    std::vector<std::string> out;
    Cursor row = connection.query(kUploadedWithWaiting);
    while (row.next()) out.push_back(row.text());
    return out;
  });
}

}  // namespace postroom::sqlite
