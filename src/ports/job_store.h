// Jobs: spreadsheets of recipients.
#pragma once

#include <vector>

#include "core/jobs/job.h"
#include "ports/claims.h"
#include "ports/task_queue.h"

namespace postroom::ports {

// Safe from several threads. retry_later when the database is busy or away.
class JobStore {
 public:
  virtual ~JobStore() = default;
  // The job, its first tasks and its claims in one commit. conflict when the id or the answer's key exists;
  // forbidden when the day's limit would be passed.
  virtual Result<void> create(const jobs::Job& job, std::span<const NewTask> tasks, const Claims& claims = {}) = 0;
  virtual Result<jobs::Job> find(JobId id) = 0;                                   // not_found
  virtual Result<std::vector<jobs::Job>> list(ServiceId service, int limit) = 0;  // newest first
  // Conditional on the present state. in_progress sets started_at, finished sets finished_at. False: another state,
  // or no such job.
  virtual Result<bool> move(JobId id, jobs::JobStatus from, jobs::JobStatus to, UtcTime at) = 0;
  // Rows stored so far; never goes down. not_found.
  virtual Result<void> set_rows_stored(JobId id, int rows) = 0;
};

}  // namespace postroom::ports
