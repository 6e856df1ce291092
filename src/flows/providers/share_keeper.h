// Moves the shares of the traffic of texts: away from providers that fail or are slow, and back when all is well.
// Every change is a version with its cause.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "core/texting/provider_shares.h"
#include "ports/provider_store.h"
#include "ports/task_queue.h"
#include "ports/ticket_desk.h"

namespace postroom::flows {

struct ShareKeeperOptions {
  // Where each provider's share goes back to, by name: all providers of the settings.
  std::map<std::string, int, std::less<>> resting;
  bool raises_tickets = false;
  std::string environment_name;  // put before subjects
};

// What a person changes; what has no value stays.
struct ProviderChange {
  std::optional<int> share;
  std::optional<bool> is_active;
  std::optional<bool> is_international;
  std::string by, reason;
};

// Must outlive the keeper; all are safe from several threads.
struct ShareKeeperPorts {
  ports::ProviderStore& providers;
  ports::StateStore& state;
  ports::TicketDesk& tickets;
  const Clock& clock;
  Metrics& metrics;
};

// Safe from several threads and processes: a change that somebody else was faster with is not made. retry_later
// when a store is away.
class ShareKeeper {
 public:
  ShareKeeper(ShareKeeperPorts ports, ShareKeeperOptions options) : ports_(ports), options_(std::move(options)) {}

  // Stores providers that are new in the settings, at their resting point.
  Result<void> ensure();
  // Those of the settings, by name.
  Result<std::vector<ports::ProviderState>> in_use();

  // Counts a failed hand-over. The one after kErrorsMax in a minute, and each later one, takes a step from the
  // provider. True when shares moved.
  Result<bool> note_error(std::string_view provider);
  // Every minute: takes a step from each provider that is slow while others are not; raises the alarm when ten
  // looks in a row found a tenth of all texts slow. How many shares moved.
  Result<int> check_paces();
  // Every five minutes. How many shares moved.
  Result<int> step_to_rest();
  // not_found, or invalid_input which names the member; conflict when somebody was faster.
  Result<ports::ProviderState> set(std::string_view provider, const ProviderChange& change);

 private:
  Result<bool> take_step_from(std::string_view provider, Duration guard, std::string_view by, std::string reason);
  Result<bool> apply(std::span<const texting::ShareMove> moves, std::span<const ports::ProviderState> known,
                     std::string_view by, const std::string& reason);
  Result<void> watch_all_texts(std::span<const texting::Pace> paces);

  ShareKeeperPorts ports_;
  ShareKeeperOptions options_;
};

}  // namespace postroom::flows
