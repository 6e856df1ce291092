// The file of print records that each spreadsheet of letters gets, and the evening's sending of those files.
#pragma once

#include <span>
#include <vector>

#include "flows/print_run/record_lines.h"
#include "flows/print_run/record_ports.h"

namespace postroom::flows {

// The file is made this long after the last row was stored.
inline constexpr Duration kBuildJobRecordsDelay = std::chrono::seconds{60};
// Jobs that one run sends; the next takes the rest.
inline constexpr int kRecordJobsPerRunMax = 1000;
// A job of this file name was made by trying out the API by hand; it is never sent by itself.
inline constexpr std::string_view kTestLetterFileName = "test letter submitted via api";

// The task that makes a job's file; the same task is not enqueued twice.
ports::NewTask build_job_records_task(JobId job, UtcTime run_at);

struct JobRecordsSummary {
  int jobs = 0;  // in files now
  int files = 0;
  int letters = 0;
  int under_way = 0;  // jobs that another file has already
  int done = 0;       // jobs without a letter left to send
  int errors = 0;     // jobs that are in error now
};

// Safe from several threads.
class JobRecords {
 public:
  explicit JobRecords(RecordPorts ports) : ports_(std::move(ports)) {}

  // Writes the lines of the job's letters that still wait to its file, in place of an earlier one, and makes the
  // job ready to send; without any such letter it is sent at once, and so is a job of a test key, which has no
  // file. A job that was cancelled stays as it is. Gives the number of lines. Errors: retry_later while rows are
  // being stored, and for stores; not_found; invalid_input for a job of other messages.
  Result<int> build(JobId id);

  // Puts the files of all jobs that are ready, made before `deadline`, into as few files as may be, each with a
  // task that sends it. The newest job comes first. No letter and no job changes its state by this; letters that
  // are cancelled are left out. When a job's file is missing or lacks a letter, all jobs that would have shared a
  // file with it are in error. conflict while another run is at work; retry_later.
  Result<JobRecordsSummary> send_ready(UtcTime deadline);
  // The same for these jobs, which must be ready or in error: invalid_input otherwise, and nothing is sent.
  Result<JobRecordsSummary> send(std::span<const JobId> ids);

 private:
  struct Part;
  using Parts = std::vector<Part>;

  Result<JobRecordsSummary> send_jobs(std::vector<jobs::Job> jobs, Date run_day);
  Result<void> take(const jobs::Job& job, Parts& parts, JobRecordsSummary& summary);
  Result<void> send_together(std::span<const Part> parts, Date run_day, JobRecordsSummary& summary);
  Result<RecordDraft> join(std::span<const Part> parts, std::string& missing);
  Result<void> set_error(std::span<const Part> parts, const std::string& reason, JobRecordsSummary& summary);

  RecordPorts ports_;
};

}  // namespace postroom::flows
