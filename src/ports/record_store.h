// Letters that travel as print records: those of services that lack the permission letters_as_pdf. Their files are
// kept as the print run's zips are (LetterStore::zip and its kin), so that a letter is in one live zip or file
// only.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/jobs/job.h"
#include "ports/letter_store.h"

namespace postroom::ports {

// A row of a job that still is created.
struct JobLetter {
  NotificationId id;
  std::string reference;
  bool is_planned = false;  // a live zip or file has it
};

// Safe from several threads. retry_later when the database is busy or away.
class RecordStore {
 public:
  virtual ~RecordStore() = default;

  // Letters that are created, of normal keys, accepted before `deadline`, in no live zip or file, of services
  // without letters_as_pdf. A job's rows are left to the job's own file, unless nobody makes one: they have sheets,
  // since they were rendered before the service lost the permission, or the job's file was sent and they are to be
  // sent again. Oldest first.
  virtual Result<std::vector<NotificationId>> candidates(UtcTime deadline, int limit) = 0;

  // By row. Test keys' are left out.
  virtual Result<std::vector<JobLetter>> job_letters(JobId job) = 0;
  // Jobs of letters in that state (ready_to_send, sent_to_dvla or error) made before `created_before`, newest
  // first.
  virtual Result<std::vector<jobs::Job>> jobs(jobs::JobStatus status, UtcTime created_before, int limit) = 0;

  // As LetterStore::plan_zip, and all letters move from created to `to` (created: they stay) in the same commit,
  // with the file's name in the event. conflict also when one of them is not created any more: nothing is stored
  // then.
  virtual Result<void> plan(const LetterZip& file, std::span<const ZipLetter> letters,
                            notifications::NotificationStatus to, const NewTask& task) = 0;
  // Uploaded files that still have letters in state pending or created, by name. Zips are not among them.
  virtual Result<std::vector<std::string>> uploaded_files_with_waiting_letters() = 0;
};

}  // namespace postroom::ports
