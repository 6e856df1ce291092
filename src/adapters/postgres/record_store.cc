#include "adapters/postgres/record_store.h"

#include <algorithm>

#include "adapters/postgres/letter_store.h"
#include "core/accounts/service.h"

namespace postroom::postgres {
namespace {

using notifications::NotificationStatus;
using store_common::kJobColumns;
using store_common::read_job;

// The numbers are those of codes.h, as in the conditions of the indexes.
constexpr std::string_view kCandidates =
    "SELECT n.id FROM notification n JOIN service s ON s.id = n.service_id "
    "WHERE n.letter_status = 0 AND n.key_type = 0 AND n.created_at < $1 AND NOT s.letters_as_pdf "
    "AND (n.job_id IS NULL OR n.billable_units > 0 "
    "OR EXISTS (SELECT 1 FROM job j WHERE j.id = n.job_id AND j.status = 6)) "
    "AND NOT EXISTS (SELECT 1 FROM letter_zip_entry e WHERE e.letter = n.id AND e.live) "
    "ORDER BY n.created_at, n.id LIMIT $2";
constexpr std::string_view kJobLetters =
    "SELECT n.id, n.reference, EXISTS (SELECT 1 FROM letter_zip_entry e WHERE e.letter = n.id AND e.live) "
    "FROM notification n WHERE n.job_id = $1 AND n.letter_status = 0 AND n.key_type = 0 ORDER BY n.job_row";
const std::string kJobs = "SELECT " + kJobColumns +
                          " FROM job WHERE status > 4 AND status = $1 AND type = 2 AND created_at < $2 "
                          "ORDER BY created_at DESC, id DESC LIMIT $3";
constexpr std::string_view kUploadedWithWaiting =
    "SELECT z.name FROM notification n JOIN letter_zip_entry e ON e.letter = n.id AND e.live "
    "JOIN letter_zip z ON z.number = e.zip AND z.state = 2 "
    "WHERE n.letter_status = 3 AND z.name ILIKE '%-rq.txt' "
    "UNION SELECT z.name FROM notification n JOIN letter_zip_entry e ON e.letter = n.id AND e.live "
    "JOIN letter_zip z ON z.number = e.zip AND z.state = 2 "
    "WHERE n.letter_status = 0 AND z.name ILIKE '%-rq.txt' ORDER BY 1";

// How many of the letters were created, and still are where `to` says so. Their rows are locked until the commit.
int claim_letters(Connection& connection, const ports::LetterZip& file, std::span<const ports::ZipLetter> letters,
                  NotificationStatus to) {
  Array ids(kUuidArray);
  for (const ports::ZipLetter& letter : letters) ids.add_bytes(letter.id.bytes());
  if (to == NotificationStatus::created) {
    int count = 0;
    // In the order of their ids, so that two plans cannot wait for each other.
    Rows row = connection.query(
        "SELECT 1 FROM notification WHERE id = ANY ($1) AND letter_status = 0 ORDER BY id FOR UPDATE", ids);
    while (row.next()) ++count;
    return count;
  }
  Rows row = connection.query(
      "WITH l AS (SELECT id FROM notification WHERE id = ANY ($1) AND letter_status = 0 ORDER BY id FOR UPDATE), "
      "m AS (UPDATE notification n SET status = $2, updated_at = $3 FROM l WHERE n.id = l.id RETURNING n.id), "
      "e AS (INSERT INTO notification_event(notification, at, status, cause, detail) "
      "SELECT id, $3, $2, 'records.written', $4 FROM m) SELECT count(*) FROM m",
      ids, code_of(to), file.created_at, file.name);
  return row.next() ? row.small() : 0;
}

}  // namespace

Result<void> RecordStore::copy_permissions() {
  std::vector<std::pair<ServiceId, bool>> found;
  POSTROOM_CHECK(store_.pool.read([&](Connection& connection) -> Result<void> {
    found.clear();
    Rows row = connection.query("SELECT id, document FROM service WHERE letters_as_pdf IS NULL");
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
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    for (const auto& [id, letters_as_pdf] : found) {
      connection.run("UPDATE service SET letters_as_pdf = $2 WHERE id = $1 AND letters_as_pdf IS NULL", id,
                     letters_as_pdf);
    }
    return {};
  });
}

Result<std::vector<NotificationId>> RecordStore::candidates(UtcTime deadline, int limit) {
  POSTROOM_CHECK(copy_permissions());
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<NotificationId>> {
    std::vector<NotificationId> out;
    Rows row = connection.query(kCandidates, deadline, std::max(limit, 0));
    while (row.next()) out.push_back(row.id<NotificationId>());
    return out;
  });
}

Result<std::vector<ports::JobLetter>> RecordStore::job_letters(JobId job) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ports::JobLetter>> {
    std::vector<ports::JobLetter> out;
    Rows row = connection.query(kJobLetters, job);
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
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<jobs::Job>> {
    std::vector<jobs::Job> out;
    Rows row = connection.query(kJobs, code_of(status), created_before, std::max(limit, 0));
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
  const TaskParameters prepared(store_, tasks);
  TouchedQueues touched;
  POSTROOM_CHECK(store_.pool.write([&](Connection& connection) -> Result<void> {
    touched.clear();
    POSTROOM_CHECK(insert_plan(connection, file, letters));
    if (claim_letters(connection, file, letters, to) != static_cast<int>(letters.size()))
      return fail(ErrorKind::conflict, "a letter of " + file.name + " is not waiting any more");
    insert_tasks(connection, prepared, touched);
    return {};
  }));
  if (!touched.empty()) store_.watch.touched(touched);
  return {};
}

Result<std::vector<std::string>> RecordStore::uploaded_files_with_waiting_letters() {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<std::string>> {
    std::vector<std::string> out;
    Rows row = connection.query(kUploadedWithWaiting);
    while (row.next()) out.push_back(row.text());
    return out;
  });
}

}  // namespace postroom::postgres
