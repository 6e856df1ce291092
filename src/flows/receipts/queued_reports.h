// Reports about emails that wait in a queue of the provider's.
#pragma once

#include "flows/receipts/email_reports.h"
#include "ports/report_queue.h"

namespace postroom::flows {

// Not safe from several threads.
class QueuedReports {
 public:
  QueuedReports(ports::ReportQueue& queue, EmailReports& reports) : queue_(queue), reports_(reports) {}

  // Takes what waits, `wait` at most when nothing does: kept first, then removed from the queue, so that what dies
  // in between comes again, and is applied twice in vain. A message is SES's event, or that in an envelope of SNS;
  // who may put something into the queue is the queue's policy. Anything else stays there, for the queue to move
  // away. Returns how many were kept.
  Result<int> read(std::chrono::seconds wait);

 private:
  ports::ReportQueue& queue_;
  EmailReports& reports_;
};

}  // namespace postroom::flows
