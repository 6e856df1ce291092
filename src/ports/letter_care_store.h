// Letters that no run moves on: taken back, stuck before their checks, come back by post.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "core/notifications/status.h"

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

  // One for each letter: the first date stays.
  virtual Result<void> record_returned(std::span<const ReturnedLetter> letters) = 0;
  virtual Result<std::vector<ReturnedLettersDay>> returned_days(ServiceId service) = 0;  // newest first
  // In the order of id; `after` continues behind that one.
  virtual Result<std::vector<NotificationId>> returned_on(ServiceId service, Date day,
                                                          std::optional<NotificationId> after, int limit) = 0;
};

}  // namespace postroom::ports
