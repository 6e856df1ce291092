#include "adapters/postgres/job_store.h"

#include <algorithm>

#include "base/json.h"

namespace postroom::postgres {
namespace {

constexpr std::string_view kFind =
    "SELECT id, service_id, template_id, template_version, type, row_count, rows_stored, status, created_at, "
    "scheduled_for, started_at, finished_at, document FROM job WHERE id = $1";
constexpr std::string_view kList =
    "SELECT id, service_id, template_id, template_version, type, row_count, rows_stored, status, created_at, "
    "scheduled_for, started_at, finished_at, document FROM job WHERE service_id = $1 "
    "ORDER BY created_at DESC, id DESC LIMIT $2";

Error no_job(JobId id) { return {ErrorKind::not_found, "there is no job " + id.text()}; }

}  // namespace

Result<void> JobStore::create(const jobs::Job& job, std::span<const ports::NewTask> tasks) {
  POSTROOM_CHECK(check_tasks(tasks));
  const TaskParameters prepared(store_, tasks);
  const Bytes document =
      store_.seal(write_json(json::object{{"file_name", job.file_name}, {"created_by", job.created_by}}),
                  store_common::job_context(job.id));
  TouchedQueues touched;
  POSTROOM_CHECK(store_.pool.write([&](Connection& connection) -> Result<void> {
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
    return {};
  }));
  if (!touched.empty()) store_.watch.touched(touched);
  return {};
}

Result<jobs::Job> JobStore::read(Rows& row) const {
  jobs::Job job;
  job.id = row.id<JobId>();
  job.service_id = row.id<ServiceId>();
  job.template_id = row.id<TemplateId>();
  job.template_version = row.small();
  job.type = row.enumerator<notifications::NotificationType>();
  job.row_count = row.small();
  job.rows_stored = row.small();
  job.status = row.enumerator<jobs::JobStatus>();
  job.created_at = row.time();
  job.scheduled_for = row.optional_time();
  job.started_at = row.optional_time();
  job.finished_at = row.optional_time();
  POSTROOM_TRY(document, store_common::open_document(store_.key_ring, row.bytes(),
                                                     store_common::job_context(job.id), "job " + job.id.text()));
  job.file_name = get_string(document, "file_name").value_or("");
  job.created_by = get_string(document, "created_by").value_or("");
  return job;
}

Result<jobs::Job> JobStore::find(JobId id) {
  return store_.pool.read([&](Connection& connection) -> Result<jobs::Job> {
    Rows row = connection.query(kFind, id);
    if (!row.next()) return fail(no_job(id));
    return read(row);
  });
}

Result<std::vector<jobs::Job>> JobStore::list(ServiceId service, int limit) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<jobs::Job>> {
    std::vector<jobs::Job> out;
    Rows row = connection.query(kList, service, std::max(limit, 0));
    while (row.next()) {
      POSTROOM_TRY(job, read(row));
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
