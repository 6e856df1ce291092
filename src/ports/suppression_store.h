// Email addresses that are not written to any more.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::ports {

// Addresses in one answer of SuppressionStore::list(), and removed by one call of remove_before().
inline constexpr int kSuppressionListMax = 10'000;

enum class SuppressionReason { bounced = 0, complained = 1, by_hand = 2 };
inline std::string_view to_string(SuppressionReason reason) {
  switch (reason) {
    case SuppressionReason::bounced: return "bounced";
    case SuppressionReason::complained: return "complained";
    case SuppressionReason::by_hand: return "by_hand";
  }
  return "";
}

struct Suppression {
  std::string address;   // personal: encrypted at rest; in lower case
  ServiceId service_id;  // nil: for all services
  SuppressionReason reason = SuppressionReason::bounced;
  std::string detail;              // codes; never personal
  NotificationId notification_id;  // the email that showed it; nil: none
  UtcTime created_at;

  friend bool operator==(const Suppression&, const Suppression&) = default;
};

// Addresses are compared as given: in lower case. Safe from several threads. retry_later when the database is busy
// or away; corrupt from the reading methods when an address was altered.
class SuppressionStore {
 public:
  virtual ~SuppressionStore() = default;
  // One for each address and service: what is there already is replaced.
  virtual Result<void> put(const Suppression& suppression) = 0;
  // The newest that holds for the service and is no older than `since`.
  virtual Result<std::optional<Suppression>> find(ServiceId service, std::string_view address, UtcTime since) = 0;
  // Newest first. Without a service: all of them.
  virtual Result<std::vector<Suppression>> list(std::optional<ServiceId> service, int limit) = 0;
  // Of that service only; nil: what holds for all. How many there were. Without a service: everything about the
  // address.
  virtual Result<int> remove(std::string_view address, std::optional<ServiceId> service) = 0;
  // At most kSuppressionListMax of those that are older; how many.
  virtual Result<int> remove_before(UtcTime time) = 0;
};

}  // namespace postroom::ports
