// Spreadsheets of recipients.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/jobs/job.h"
#include "core/recipients/sheet_upload.h"
#include "flows/send/send_context.h"
#include "ports/account_store.h"
#include "ports/job_store.h"
#include "ports/spreadsheet_reader.h"

namespace postroom::flows {

// Rows stored in one commit.
inline constexpr std::size_t kRowsPerCommitMax = 500;
// Rows at fault that a refusal names, unless the request wants more.
inline constexpr std::size_t kRowsNamedDefault = 10;

struct NewJob {
  TemplateId template_id;
  std::string file_name;                                          // how people know the job
  std::optional<recipients::SheetFile> file_kind = std::nullopt;  // none: as the name's ending says
  Bytes csv;  // UTF-8, or a workbook where no kind is given: that is seen by its content
  std::size_t csv_bytes_max = recipients::kSheetBytesMax;
  std::optional<UtcTime> scheduled_for;
  std::string created_by;
  std::optional<std::string> client_reference = std::nullopt;  // of rows that have none of their own
  // Of the service's; at most the one of the template's channel.
  std::optional<Uuid> sms_sender_id = std::nullopt;
  std::optional<Uuid> email_reply_to_id = std::nullopt;
  std::size_t rows_named_max = kRowsNamedDefault;
};

// Called when the last row of a job is stored, before the job is finished; maybe more than once.
using RowsStored = std::function<Result<void>(const jobs::Job& job, const accounts::Service& service)>;

// Safe from several threads.
class BulkFlow {
 public:
  BulkFlow(SendContext& context, ports::ServiceStore& services, ports::JobStore& jobs,
           ports::SpreadsheetReader& spreadsheets, RowsStored rows_stored = {})
      : context_(context),
        services_(services),
        jobs_(jobs),
        spreadsheets_(spreadsheets),
        rows_stored_(std::move(rows_stored)) {}

  // Checks the whole file first, as the sender's key allows. When a single row cannot be sent, nothing is stored
  // and the refusal names the first rows at fault, by the number a spreadsheet shows. Otherwise file, job and its
  // task are stored.
  Outcome<jobs::Job> create(const Sender& sender, NewJob request);
  // Stores the rows that are not stored yet. May be run again after any interruption: a row makes one
  // notification. `renew` is called for each batch; retry_later when it says that the claim is lost.
  Result<void> process(JobId id, const std::function<bool()>& renew);
  // Stops a scheduled job that has not started and gives it back as it is now; doing so again changes nothing.
  // Refusals: conflict when it has started or was never scheduled; forbidden with a key of another type.
  Outcome<jobs::Job> cancel(const Sender& sender, jobs::Job job);

 private:
  // What the job takes from its service's day.
  std::optional<ports::DailyUse> use_of(const Sender& sender, const jobs::Job& job);
  Result<void> store_rows(const jobs::Job& job, const accounts::Service& service, const LoadedTemplate& text,
                          const std::function<bool()>& renew);

  SendContext& context_;
  ports::ServiceStore& services_;
  ports::JobStore& jobs_;
  ports::SpreadsheetReader& spreadsheets_;
  RowsStored rows_stored_;
};

}  // namespace postroom::flows
