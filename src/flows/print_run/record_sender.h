// Hands planned files of print records to the print house, and moves their letters and jobs on.
//
// As with zips, the order makes each step safe to repeat: upload and verify, write the record, mark the file, mark
// letters and jobs. A file is never uploaded a second time once the print house has it.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "flows/print_run/record_ports.h"
#include "flows/print_run/zip_and_send.h"

namespace postroom::flows {

// Safe from several threads.
class RecordSender {
 public:
  RecordSender(RecordPorts ports, PrintRunOptions options)
      : ports_(std::move(ports)), options_(std::move(options)) {}

  // As ZipSender::send, for a record file. Letters become sending, jobs sent to dvla.
  Result<SendOutcome> send(std::string_view name, const std::function<bool()>& renew);

  // Gives up: pending letters become technical-failure; jobs are in error, and their letters stay as they are and
  // can be sent again. Gives the number of letters that failed. A file that turns out to have been sent is
  // completed instead.
  Result<int> fail(std::string_view name, std::string_view reason);

  // Completes uploaded files whose letters were not marked. Gives the number of letters that are sending now.
  // retry_later when the store is away.
  Result<int> reconcile();

 private:
  enum class Found { nothing, uploaded, acknowledged };

  Result<Found> look_for(const ports::LetterZip& file) const;
  Result<bool> is_there(const ports::LetterZip& file) const;
  Result<bool> has_record(const ports::LetterZip& file) const;
  Result<SendOutcome::How> deliver(const ports::LetterZip& file, const std::vector<ports::ZipLetter>& letters,
                                   const std::function<bool()>& renew) const;
  Result<void> check_any_waiting(const ports::LetterZip& file, const std::vector<ports::ZipLetter>& letters) const;
  Result<void> record(const ports::LetterZip& file, const std::vector<ports::ZipLetter>& letters) const;
  Result<SendOutcome> complete(const ports::LetterZip& file, const std::vector<ports::ZipLetter>& letters,
                               SendOutcome::How how);
  Result<void> move_letters(const ports::LetterZip& file, std::span<const ports::ZipLetter> letters,
                            UtcTime sent_at, SendOutcome& outcome, std::set<JobId>& jobs);
  Result<int> fail_letters(const ports::LetterZip& file, std::span<const ports::ZipLetter> letters,
                           std::string_view reason, std::set<JobId>& jobs);
  Result<void> move_jobs(const std::set<JobId>& jobs, std::span<const jobs::JobStatus> from, jobs::JobStatus to);

  RecordPorts ports_;
  PrintRunOptions options_;
};

}  // namespace postroom::flows
