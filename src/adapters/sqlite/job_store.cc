#include "adapters/sqlite/job_store.h"

#include <algorithm>

#include "adapters/sqlite/claims.h"

namespace postroom::sqlite {
namespace {

using store_common::kJobColumns;
using store_common::read_job;

const std::string kFind = "SELECT " + kJobColumns + " FROM job WHERE id = ?1";
const std::string kList =
    "SELECT " + kJobColumns + " FROM job WHERE service_id = ?1 ORDER BY created_at DESC, id DESC LIMIT ?2";

Error no_job(JobId id) { return {ErrorKind::not_found, "there is no job " + id.text()}; }

}  // namespace

Result<void> JobStore::create(const jobs::Job& job, std::span<const ports::NewTask> tasks,
                              const ports::Claims& claims) {
  POSTROOM_CHECK(check_tasks(tasks));
  const auto prepared = store_.prepare(tasks);
  const Bytes document = store_.seal(store_common::job_document(job), store_common::job_context(job.id));
  const PreparedClaims prepared_claims(store_, claims);
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    POSTROOM_CHECK(insert_claims(transaction, job.service_id, prepared_claims));
    int stored = transaction.connection.run(
        "INSERT INTO job(id, service_id, template_id, template_version, type, row_count, rows_stored, status, "
        "created_at, scheduled_for, started_at, finished_at, document) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING",
        job.id, job.service_id, job.template_id, job.template_version, code_of(job.type), job.row_count,
        job.rows_stored, code_of(job.status), job.created_at, job.scheduled_for, job.started_at, job.finished_at,
        Blob{document});
    if (stored == 0) return fail(ErrorKind::conflict, "job " + job.id.text() + " exists already");
    insert_tasks(transaction, prepared);
    return {};
  });
}

Result<jobs::Job> JobStore::find(JobId id) {
  return store_.readers.run([&](Connection& connection) -> Result<jobs::Job> {
    Cursor row = connection.query(kFind, id);
    if (!row.next()) return fail(no_job(id));
    return read_job(store_.key_ring, row);
  });
}

Result<std::vector<jobs::Job>> JobStore::list(ServiceId service, int limit) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<jobs::Job>> {
    std::vector<jobs::Job> out;
    Cursor row = connection.query(kList, service, std::max(limit, 0));
    while (row.next()) {
      POSTROOM_TRY(job, read_job(store_.key_ring, row));
      out.push_back(std::move(job));
    }
    return out;
  });
}

Result<bool> JobStore::move(JobId id, jobs::JobStatus from, jobs::JobStatus to, UtcTime at) {
  std::optional<UtcTime> started_at, finished_at;
  if (to == jobs::JobStatus::in_progress) started_at = at;
  if (to == jobs::JobStatus::finished) finished_at = at;
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    return transaction.connection.run(
               "UPDATE job SET status = ?3, started_at = coalesce(?4, started_at), "
               "finished_at = coalesce(?5, finished_at) WHERE id = ?1 AND status = ?2",
               id, code_of(from), code_of(to), started_at, finished_at) > 0;
  });
}

Result<void> JobStore::set_rows_stored(JobId id, int rows) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    int changed =
        transaction.connection.run("UPDATE job SET rows_stored = max(rows_stored, ?2) WHERE id = ?1", id, rows);
    if (changed == 0) return fail(no_job(id));
    return {};
  });
}

}  // namespace postroom::sqlite
