// Letters whose file was taken and never checked.
#pragma once

#include "base/clock.h"
#include "core/letters/print_day.h"
#include "flows/print_run/letter_files.h"
#include "ports/letter_care_store.h"
#include "ports/notification_store.h"
#include "ports/task_queue.h"
#include "ports/ticket_desk.h"

namespace postroom::flows {

// A check takes seconds; younger letters are left to it.
inline constexpr Duration kChecksStuckAfter = std::chrono::minutes{10};
inline constexpr Duration kChecksLookedAtFor = std::chrono::minutes{120};
// The nightly look checks again up to this age; what is older needs a person.
inline constexpr Duration kChecksAskedAgainFor = std::chrono::hours{3 * 24};
inline constexpr Duration kChecksReportedFor = std::chrono::hours{30 * 24};
inline constexpr int kStuckLettersMax = 10'000;
inline constexpr std::size_t kStuckLettersNamedMax = 50;

struct StuckChecksOutcome {
  int asked_again = 0;   // whose file is there
  int without_file = 0;  // a ticket names them
  int too_old = 0;       // a ticket names them
  int held = 0;          // for want of a virus scanner
};

// Must outlive whatever holds it; all are safe from several threads.
struct StuckChecksPorts {
  ports::LetterCareStore& care;
  ports::NotificationStore& notifications;
  ports::BlobStore& blobs;
  ports::TaskQueue& tasks;
  ports::TicketDesk& tickets;
  const Clock& clock;
  const letters::PrintCalendar& calendar;
};

// Safe from several threads; may run twice: a check of a letter that was checked meanwhile does nothing.
class StuckChecks {
 public:
  // Without a scanner letters are held, which is reported when the first of them begins to wait too long, and
  // nightly.
  StuckChecks(StuckChecksPorts ports, bool raises_tickets, std::string environment_name, bool has_scanner = true)
      : ports_(ports),
        raises_tickets_(raises_tickets),
        environment_name_(std::move(environment_name)),
        has_scanner_(has_scanner) {}

  // Letters from kChecksStuckAfter to kChecksLookedAtFor old.
  Result<StuckChecksOutcome> recent();
  // From kChecksStuckAfter to kChecksAskedAgainFor; older ones, up to kChecksReportedFor, are only reported.
  Result<StuckChecksOutcome> nightly();

 private:
  Result<StuckChecksOutcome> report_held(bool is_nightly);
  Result<void> ask_again(Duration age_max, StuckChecksOutcome& outcome);
  void report(std::string_view subject, std::string_view advice, const std::vector<NotificationId>& letters);

  StuckChecksPorts ports_;
  bool raises_tickets_;
  std::string environment_name_;
  bool has_scanner_;
};

}  // namespace postroom::flows
