#include "core/jobs/job.h"

namespace postroom::jobs {

std::string_view to_string(JobStatus status) {
  switch (status) {
    case JobStatus::scheduled: return "scheduled";
    case JobStatus::pending: return "pending";
    case JobStatus::in_progress: return "in progress";
    case JobStatus::finished: return "finished";
    case JobStatus::cancelled: return "cancelled";
  }
  return "";
}

std::optional<JobStatus> parse_job_status(std::string_view text) {
  for (JobStatus status : {JobStatus::scheduled, JobStatus::pending, JobStatus::in_progress, JobStatus::finished,
                           JobStatus::cancelled}) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

}  // namespace postroom::jobs
