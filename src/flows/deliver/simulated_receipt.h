// Receipts that no provider will send.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "core/notifications/status.h"

namespace postroom::flows {

// A receipt to come from nobody but ourselves: of test keys, of the sandbox, and of relays whose acceptance is
// all that is ever heard. Kept as a task until it is due.
struct SimulatedReceipt {
  notifications::NotificationStatus status = notifications::NotificationStatus::delivered;
  std::string provider;
  std::string detail;
};
Bytes to_payload(const SimulatedReceipt& receipt);
Result<SimulatedReceipt> receipt_from_payload(BytesView payload);

}  // namespace postroom::flows
