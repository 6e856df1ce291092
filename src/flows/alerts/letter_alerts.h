// The scheduled checks of letters. Each looks, logs, and raises a ticket where tickets are wanted.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/time_zone.h"
#include "core/letters/print_day.h"
#include "core/recipients/bank_holidays.h"
#include "ports/blob_store.h"
#include "ports/letter_store.h"
#include "ports/ticket_desk.h"

namespace postroom::flows {

struct AlertOptions {
  bool raises_tickets = false;   // a capability of the environment, never its name
  std::string environment_name;  // put before subjects: "production"; the old alias "live" becomes that
  Duration print_cutoff = letters::kPrintCutoffDefault;
};

// Must outlive the checks.
struct AlertPorts {
  ports::LetterStore& letters;
  ports::BlobStore& blobs;
  ports::TicketDesk& tickets;
  const Clock& clock;
  const TimeZone& zone;
  const recipients::BankHolidays& holidays;
};

struct AlertOutcome {
  std::int64_t count = 0;  // letters or zips that need a person; 0: nothing was raised
  bool ticket_raised = false;
  std::string subject;  // empty when count is 0
  std::string message;
};

// Safe from several threads. Every check may run twice. retry_later when a store is away; a ticket desk that does
// not answer is no error of the check.
class LetterAlerts {
 public:
  LetterAlerts(AlertPorts ports, AlertOptions options) : ports_(ports), options_(std::move(options)) {}

  // 16:30 local: letters handed over before today that the print house has not answered for. Nothing at weekends
  // and on bank holidays.
  Result<AlertOutcome> letters_still_sending();
  // 19:00 local, where the print house reports on each letter by itself: letters handed over two working days ago
  // or before without a report. Nothing at weekends and on bank holidays.
  Result<AlertOutcome> letters_without_report();
  // 23:00 local: today's zips that were sent and not acknowledged. Always logged as an error.
  Result<AlertOutcome> missing_acknowledgements();
  // Mornings of working days: letters accepted before yesterday's deadline that were never handed over.
  Result<AlertOutcome> letters_still_created();
  // Zips that were planned more than kZipUnfinishedAfter ago and have neither gone out nor failed.
  Result<AlertOutcome> unfinished_zips();

 private:
  enum class WithoutTicket { log_info, log_error };
  AlertOutcome raise(std::int64_t count, std::string_view subject, std::string message, std::string_view task_type,
                     WithoutTicket level);
  Result<std::set<std::string>> sent_zips(Date today);
  Result<std::set<std::string>> acknowledged_zips(Date today);

  AlertPorts ports_;
  AlertOptions options_;
};

inline constexpr Duration kZipUnfinishedAfter = std::chrono::hours{3};

}  // namespace postroom::flows
