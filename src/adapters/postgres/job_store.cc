#include "adapters/postgres/job_store.h"

#include <algorithm>

#include "adapters/postgres/answer_store.h"
#include "adapters/postgres/limit_store.h"

namespace postroom::postgres {
namespace {

using store_common::kJobColumns;
using store_common::read_job;

const std::string kFind = "SELECT " + kJobColumns + " FROM job WHERE id = $1";
const std::string kList =
    "SELECT " + kJobColumns + " FROM job WHERE service_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";

Error no_job(JobId id) { return {ErrorKind::not_found, "there is no job " + id.text()}; }

}  // namespace

Result<void> JobStore::create(const jobs::Job& job, std::span<const ports::NewTask> tasks,
                              const ports::Claims& claims) {
  POSTROOM_CHECK(check_tasks(tasks));
  const TaskParameters prepared(store_, tasks);
  const Bytes document = store_.seal(store_common::job_document(job), store_common::job_context(job.id));
  std::optional<PreparedAnswer> answer;
  if (claims.answer) answer = prepare_answer(store_, *claims.answer);
  TouchedQueues touched;
  Result<void> created = store_.pool.write([&](Connection& connection) -> Result<void> {
    touched.clear();
    const int stored = connection.run(
        "INSERT INTO job(id, service_id, template_id, template_version, type, row_count, rows_stored, status, "
        "created_at, scheduled_for, started_at, finished_at, document) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
        job.id, job.service_id, job.template_id, job.template_version, code_of(job.type), job.row_count,
        job.rows_stored, code_of(job.status), job.created_at, job.scheduled_for, job.started_at, job.finished_at,
        Blob{document});
    if (stored == 0) return fail(ErrorKind::conflict, "job " + job.id.text() + " exists already");
    insert_tasks(connection, prepared, touched);
    if (answer) insert_answer(connection, *answer);
    if (claims.use) count_use(connection, job.service_id, *claims.use);
    return {};
  });
  if (!created && created.error().kind == ErrorKind::forbidden) return fail(store_common::limit_reached());
  if (!created && created.error().kind == ErrorKind::conflict && answer) return fail(store_common::answer_exists());
  POSTROOM_CHECK(created);
  if (!touched.empty()) store_.watch.touched(touched);
  return {};
}

Result<jobs::Job> JobStore::find(JobId id) {
  return store_.pool.read([&](Connection& connection) -> Result<jobs::Job> {
    Rows row = connection.query(kFind, id);
    if (!row.next()) return fail(no_job(id));
    return read_job(store_.key_ring, row);
  });
}

Result<std::vector<jobs::Job>> JobStore::list(ServiceId service, int limit) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<jobs::Job>> {
    std::vector<jobs::Job> out;
    Rows row = connection.query(kList, service, std::max(limit, 0));
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
  return store_.pool.write([&](Connection& connection) -> Result<bool> {
    return connection.run(
               "UPDATE job SET status = $3, started_at = coalesce($4, started_at), "
               "finished_at = coalesce($5, finished_at) WHERE id = $1 AND status = $2",
               id, code_of(from), code_of(to), started_at, finished_at) > 0;
  });
}

Result<void> JobStore::set_rows_stored(JobId id, int rows) {
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    if (connection.run("UPDATE job SET rows_stored = greatest(rows_stored, $2) WHERE id = $1", id, rows) == 0) {
      return fail(no_job(id));
    }
    return {};
  });
}

}  // namespace postroom::postgres
