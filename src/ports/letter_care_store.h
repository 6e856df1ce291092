// Letters that no run moves on: taken back, stuck before their checks, come back by post.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "core/notifications/notification.h"

namespace postroom::ports {

enum class LetterCancel {
  done,
  in_zip,    // planned, on its way or sent: it will be printed
  moved_on,  // another state, or no such letter
};

// What came of taking a whole job back. Where something stood against it, nothing is changed.
struct JobLettersCancel {
  int cancelled = 0;
  std::optional<notifications::NotificationStatus> blocked_by;  // a letter's state
  bool is_in_zip = false;                                       // a letter is
  bool is_done = false;
};

// One letter that came back.
struct ReturnedLetter {
  NotificationId id;
  ServiceId service_id;
  Date reported_on;

  friend bool operator==(const ReturnedLetter&, const ReturnedLetter&) = default;
};

struct ReturnedLettersDay {
  Date reported_on;
  std::int64_t count = 0;

  friend bool operator==(const ReturnedLettersDay&, const ReturnedLettersDay&) = default;
};

// Why the PDF of a letter is not printed.
struct LetterFault {
  std::string code;        // of core/letters/pdf_faults.h
  std::vector<int> pages;  // those at fault, from 1; empty: the whole file
  std::optional<int> page_count;

  friend bool operator==(const LetterFault&, const LetterFault&) = default;
};

// Safe from several threads. retry_later when the database is busy or away.
class LetterCareStore {
 public:
  virtual ~LetterCareStore() = default;

  // One commit: a letter that is created or pending-virus-check and in no live zip becomes cancelled, with no
  // sheets; its event has `cause`.
  virtual Result<LetterCancel> cancel(NotificationId letter, UtcTime at, std::string_view cause) = 0;
  // One commit for a job that is finished or ready to send and its letters: the job becomes cancelled, and so do
  // its letters that are created or pending-virus-check. All of the job's letters must be in one of these,
  // cancelled or failed before they were printed (validation-failed, virus-scan-failed, technical-failure), none in
  // a live zip. Neither done nor blocked: the job is in another state, or there is none.
  virtual Result<JobLettersCancel> cancel_job(JobId job, UtcTime at, std::string_view cause) = 0;

  // Letters of any key that wait for their checks, with from <= created_at < to, oldest first.
  virtual Result<std::vector<NotificationId>> pending_checks(UtcTime from, UtcTime to, int limit) = 0;

  // A letter that is pending-virus-check becomes created or delivered, whichever `letter` is, and takes over what
  // its file told: recipient, postage, international and sheets of `letter`. False: it no longer waits, nothing
  // happened.
  virtual Result<bool> pass_checks(const notifications::Notification& letter, UtcTime at, std::string_view cause,
                                   std::string_view detail) = 0;
  // A letter in one of the states `from` becomes validation-failed, with no sheets, and the fault is kept as long
  // as the letter. False: it was in another state, nothing happened.
  virtual Result<bool> fail_checks(NotificationId letter, std::span<const notifications::NotificationStatus> from,
                                   const LetterFault& fault, UtcTime at, std::string_view cause,
                                   std::string_view detail) = 0;
  virtual Result<std::optional<LetterFault>> fault(NotificationId letter) = 0;  // nothing: none is known

  // One for each letter: the first date stays.
  virtual Result<void> record_returned(std::span<const ReturnedLetter> letters) = 0;
  virtual Result<std::vector<ReturnedLettersDay>> returned_days(ServiceId service) = 0;  // newest first
  // In the order of id; `after` continues behind that one.
  virtual Result<std::vector<NotificationId>> returned_on(ServiceId service, Date day,
                                                          std::optional<NotificationId> after, int limit) = 0;
};

}  // namespace postroom::ports
