// Spreadsheets of recipients.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/accounts/service.h"
#include "core/jobs/job.h"
#include "flows/send/send_context.h"
#include "ports/account_store.h"
#include "ports/job_store.h"

namespace postroom::flows {

// Rows stored in one commit.
inline constexpr std::size_t kRowsPerCommitMax = 500;
// A scheduled job starts at most this long after its upload.
inline constexpr Duration kScheduleAheadMax = std::chrono::hours{24 * 4};

struct NewJob {
  TemplateId template_id;
  std::string file_name;
  Bytes csv;  // UTF-8
  std::optional<UtcTime> scheduled_for;
  std::string created_by;
};

// Safe from several threads.
class BulkFlow {
 public:
  BulkFlow(SendContext& context, ports::ServiceStore& services, ports::JobStore& jobs)
      : context_(context), services_(services), jobs_(jobs) {}

  // Checks the whole file first: invalid_input names the first rows at fault, by the number a spreadsheet shows,
  // and nothing is stored then. Otherwise file, job and its task are stored.
  Result<jobs::Job> create(const accounts::Service& service, NewJob request);
  // Stores the rows that are not stored yet. May be run again after any interruption: a row makes one
  // notification. `renew` is called for each batch; retry_later when it says that the claim is lost.
  Result<void> process(JobId id, const std::function<bool()>& renew);

 private:
  Result<LoadedTemplatePtr> template_of(const accounts::Service& service, TemplateId id,
                                        std::optional<int> version);

  SendContext& context_;
  ports::ServiceStore& services_;
  ports::JobStore& jobs_;
};

}  // namespace postroom::flows
