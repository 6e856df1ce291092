#include "core/jobs/job.h"

namespace postroom::jobs {

std::string_view to_string(JobStatus status) {
  switch (status) {
    case JobStatus::scheduled: return "scheduled";
    case JobStatus::pending: return "pending";
    case JobStatus::in_progress: return "in progress";
    case JobStatus::finished: return "finished";
    case JobStatus::cancelled: return "cancelled";
    case JobStatus::ready_to_send: return "ready to send";
    case JobStatus::sent_to_dvla: return "sent to dvla";
    case JobStatus::error: return "error";
  }
  return "";
}

std::optional<JobStatus> parse_job_status(std::string_view text) {
  for (JobStatus status :
       {JobStatus::scheduled, JobStatus::pending, JobStatus::in_progress, JobStatus::finished, JobStatus::cancelled,
        JobStatus::ready_to_send, JobStatus::sent_to_dvla, JobStatus::error}) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

std::string file_key(ServiceId service, JobId job) { return service.text() + "/" + job.text() + ".csv"; }

}  // namespace postroom::jobs
