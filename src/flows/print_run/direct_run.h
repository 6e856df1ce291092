// The evening's run where the print house takes letters one by one over HTTP instead of zips: every letter that is
// due gets a task of its own, and each task orders one letter.
#pragma once

#include <functional>

#include "flows/print_run/collate.h"
#include "flows/print_run/order_pace.h"
#include "ports/print_service.h"

namespace postroom::flows {

// 2 hours and 45 minutes of tries.
inline constexpr int kOrderRetriesMax = 55;
inline constexpr Duration kOrderRetryDelay = std::chrono::seconds{180};

// Must outlive whatever holds it; all are safe from several threads.
struct DirectRunPorts {
  ports::NotificationStore& notifications;
  ports::LetterStore& letters;
  ports::BlobStore& blobs;
  ports::TaskQueue& tasks;
  ports::LeaseStore& leases;
  ports::PrintService& service;
  OrderPace& pace;
  const Clock& clock;
  Random& random;
  const TimeZone& zone;  // the print house's wall clock
};

struct DirectRunOptions {
  Duration print_cutoff = letters::kPrintCutoffDefault;
  // Services whose letters travel another way; none when empty.
  std::function<bool(ServiceId)> leaves_out;
  // Where the print house reports on a letter. Empty while the API's address is not known.
  std::function<std::string(NotificationId)> callback_url;
};

// Safe from several threads.
class DirectRun {
 public:
  static constexpr std::size_t kLettersPerEnqueue = 1000;

  DirectRun(DirectRunPorts ports, DirectRunOptions options) : ports_(ports), options_(std::move(options)) {}

  // Puts up a task for each letter accepted before `deadline`; a letter whose task waits already gets no other. No
  // letter changes its state by this. conflict while another run is at work; retry_later when the store is away:
  // running it again finds only what is left. Counts letters and sheets; zips stay 0.
  Result<CollateSummary> run(UtcTime deadline);

  // Waits for its turn and orders the letter, unless it is not `created` any more. It becomes `sending` when the
  // print house has it, now or from an earlier order. retry_later: try again. Any other error: this letter cannot
  // be ordered; give it up.
  Result<void> order(NotificationId id);
  // The letter becomes technical-failure, if it still waits.
  Result<void> give_up(NotificationId id, std::string_view reason);

 private:
  Result<bool> may_be_ordered(const notifications::Notification& letter) const;
  Result<std::string> body_of(const notifications::Notification& letter) const;
  Result<void> mark_sent(const notifications::Notification& letter, bool known_before);

  DirectRunPorts ports_;
  DirectRunOptions options_;
};

}  // namespace postroom::flows
