// What the print house's HTTP service reports about single letters.
#pragma once

#include "base/clock.h"
#include "base/time_zone.h"
#include "core/receipts/letter_report.h"
#include "ports/archive_store.h"
#include "ports/letter_store.h"
#include "ports/notification_store.h"
#include "ports/task_queue.h"
#include "ports/ticket_desk.h"

namespace postroom::flows {

struct LetterReportPorts {
  ports::TaskQueue& tasks;
  ports::NotificationStore& notifications;
  ports::LetterStore& letters;
  ports::TicketDesk& tickets;
  const Clock& clock;
  const TimeZone& zone;
  ports::ArchiveStore* archive = nullptr;  // none: letters whose days are over are unknown
};

// Safe from several threads.
class LetterReports {
 public:
  LetterReports(LetterReportPorts ports, bool raises_tickets, std::string environment_name)
      : ports_(ports), raises_tickets_(raises_tickets), environment_name_(std::move(environment_name)) {}

  // On return the report is on disk.
  Result<void> take(const receipts::LetterReport& report);
  // Moves the letter and records its despatch. A report for a letter at its end already changes nothing, but for
  // one that we had given up and that was posted all the same. Unknown letters are logged.
  Result<void> apply(const receipts::LetterReport& report);
  // Tells people of a letter that the print house will not print.
  Result<void> report_rejected(NotificationId id);

 private:
  Result<void> apply_to(const notifications::Notification& letter, bool is_archived,
                        const receipts::LetterReport& report);
  std::vector<ports::StatusMove> moves_for(const notifications::Notification& letter,
                                           const receipts::LetterReport& report) const;

  LetterReportPorts ports_;
  bool raises_tickets_;
  std::string environment_name_;
};

}  // namespace postroom::flows
