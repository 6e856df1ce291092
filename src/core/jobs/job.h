// A spreadsheet of recipients, sent with one template version.
//
//   scheduled -> pending -> in_progress -> finished        scheduled -> cancelled
//   letters: finished -> cancelled, until their run closes
//   letters as records: finished -> ready_to_send -> sent_to_dvla or error; error -> ready_to_send, sent_to_dvla
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"
#include "core/accounts/api_key.h"
#include "core/notifications/types.h"

namespace postroom::jobs {

// ready_to_send, sent_to_dvla and error: only of letters that travel as records, whose file goes out in the
// evening.
enum class JobStatus { scheduled, pending, in_progress, finished, cancelled, ready_to_send, sent_to_dvla, error };
// "in progress" for in_progress.
std::string_view to_string(JobStatus status);
std::optional<JobStatus> parse_job_status(std::string_view text);

struct Job {
  JobId id;
  ServiceId service_id;
  TemplateId template_id;
  int template_version = 1;
  notifications::NotificationType type = notifications::NotificationType::sms;
  std::string file_name;        // as uploaded
  int row_count = 0;            // rows with data
  int international_count = 0;  // of them texts that take from the international allowance
  int rows_stored = 0;          // rows that became notifications so far
  JobStatus status = JobStatus::pending;
  UtcTime created_at;
  std::optional<UtcTime> scheduled_for;
  std::optional<UtcTime> started_at;
  std::optional<UtcTime> finished_at;
  std::string created_by;  // email address, "cli" or "api"
  // What all rows have in common.
  accounts::KeyType key_type = accounts::KeyType::normal;
  std::optional<ApiKeyId> api_key_id;           // none: not sent through the API
  std::optional<std::string> client_reference;  // of rows that have none of their own
  std::string from;                             // sms: sender, email: reply-to address; empty: the default

  friend bool operator==(const Job&, const Job&) = default;
};

// Key of the job's spreadsheet in the bucket job_files.
std::string file_key(ServiceId service, JobId job);

}  // namespace postroom::jobs
