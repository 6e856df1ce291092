// Deletes what has been kept long enough, a service and channel at a time.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "core/letters/print_day.h"
#include "core/notifications/types.h"
#include "ports/account_store.h"
#include "ports/archive_store.h"
#include "ports/blob_store.h"
#include "ports/task_queue.h"

namespace postroom::flows {

// Messages looked at in one go, and those that leave in one commit: accepting must not wait long for it.
inline constexpr int kExpiredPerPage = 1'000;
inline constexpr std::size_t kArchivedPerCommit = 200;

struct RetentionSummary {
  UtcTime before;     // what was accepted before it may go
  int messages = 0;   // left the notifications
  int pdfs = 0;       // of letters
  int job_files = 0;  // spreadsheets
};

// Must outlive whatever holds it; all are safe from several threads.
struct RetentionPorts {
  ports::ArchiveStore& archive;
  ports::ServiceStore& services;
  ports::BlobStore& blobs;
  ports::TaskQueue& tasks;
  const Clock& clock;
  const letters::PrintCalendar& calendar;
};

// Safe from several threads.
class Retention {
 public:
  explicit Retention(RetentionPorts ports) : ports_(ports) {}

  // Enqueues a task for each service and channel, and gives their number. One that still is queued is not queued
  // again.
  Result<int> plan();
  // Files first, then rows, then the spreadsheets of jobs, in small commits: after any interruption the next run
  // goes on where this one stopped, and a row that is left has lost its file at most. `renew` is called between
  // commits; retry_later when it says that the claim is lost. not_found when the service is.
  Result<RetentionSummary> run(ServiceId service, notifications::NotificationType type,
                               const std::function<bool()>& renew);

 private:
  Result<void> remove_messages(ServiceId service, notifications::NotificationType type,
                               const std::function<bool()>& renew, RetentionSummary& summary);
  Result<void> remove_pdfs(std::span<const ports::ExpiredMessage> letters, RetentionSummary& summary);
  Result<void> remove_job_files(ServiceId service, notifications::NotificationType type,
                                const std::function<bool()>& renew, RetentionSummary& summary);

  RetentionPorts ports_;
};

// "{service id}:{channel}", and back; nothing for other texts.
std::string retention_subject(ServiceId service, notifications::NotificationType type);
struct RetentionSubject {
  ServiceId service;
  notifications::NotificationType type = notifications::NotificationType::sms;
};
std::optional<RetentionSubject> parse_retention_subject(std::string_view text);

}  // namespace postroom::flows
