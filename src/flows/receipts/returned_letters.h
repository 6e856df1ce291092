// Letters that came back by post.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/time_zone.h"
#include "flows/callbacks/delivery_callback.h"
#include "flows/callbacks/returned_callback.h"
#include "ports/account_store.h"
#include "ports/archive_store.h"
#include "ports/job_store.h"
#include "ports/letter_care_store.h"
#include "ports/notification_store.h"

namespace postroom::flows {

// References looked up and moved in one go.
inline constexpr std::size_t kReturnedPerCommit = 500;
// Unknown references that a summary names; the rest is only counted.
inline constexpr std::size_t kUnknownNamedMax = 100;
// Days of a service's summary that count as recent.
inline constexpr int kReturnedRecentDays = 7;

struct ReturnedSummary {
  int references = 0;
  int returned = 0;        // letters that became returned-letter
  int known_before = 0;    // reported again
  int were_cancelled = 0;  // of those returned
  int unknown = 0;
  std::vector<std::string> unknown_references;  // the first kUnknownNamedMax
};

struct ReturnedReport {
  std::vector<ReturnedLetterFields> letters;
  int orphans = 0;  // letters that are neither stored nor archived any more
};

struct ReturnedStatistics {
  std::int64_t recent = 0;                 // of the last kReturnedRecentDays days
  std::optional<Date> most_recent_report;  // none ever: nothing
};

// Must outlive whatever holds it; all are safe from several threads.
struct ReturnedLettersPorts {
  ports::LetterCareStore& care;
  ports::ArchiveStore& archive;
  ports::NotificationStore& notifications;
  ports::TemplateStore& templates;
  ports::JobStore& jobs;
  DeliveryCallbacks& callbacks;
  const Clock& clock;
};

// Safe from several threads.
class ReturnedLetters {
 public:
  explicit ReturnedLetters(ReturnedLettersPorts ports) : ports_(ports) {}

  // Makes the letters returned-letter, whatever their state and whether live or archived, writes down the UTC day,
  // and has their services told. Unknown references are logged. May be run again after any interruption: a letter
  // keeps its first day, and is told of once.
  Result<ReturnedSummary> report(std::span<const std::string> references);

  Result<ReturnedReport> letters_of(ServiceId service, Date reported_on);
  Result<ReturnedStatistics> statistics(ServiceId service);

 private:
  Result<void> report_some(std::span<const std::string> references, ReturnedSummary& summary);
  Result<ReturnedLetterFields> fields_of(notifications::Notification letter);
  Result<ports::StatusMove> move_of(const notifications::Notification& letter);

  ReturnedLettersPorts ports_;
};

}  // namespace postroom::flows
