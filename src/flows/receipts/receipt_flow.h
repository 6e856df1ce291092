// Applies providers' delivery receipts.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/notifications/status.h"
#include "flows/callbacks/delivery_callback.h"
#include "ports/notification_store.h"

namespace postroom::flows {

struct Receipt {
  NotificationId id;
  notifications::NotificationStatus status = notifications::NotificationStatus::delivered;
  std::string provider;  // fills sent_by when the hand-over has not been recorded yet
  std::string detail;    // the provider's code or words; never personal
};

// Safe from several threads.
class ReceiptFlow {
 public:
  ReceiptFlow(ports::NotificationStore& notifications, DeliveryCallbacks& callbacks, const Clock& clock)
      : notifications_(notifications), callbacks_(callbacks), clock_(clock) {}

  // For each receipt whether it changed the state. A receipt for a message that is unknown or has come to its
  // end already changes nothing and is logged. State, event and the callback's task are one commit.
  Result<std::vector<bool>> apply(std::span<const Receipt> receipts);

 private:
  ports::NotificationStore& notifications_;
  DeliveryCallbacks& callbacks_;
  const Clock& clock_;
};

}  // namespace postroom::flows
