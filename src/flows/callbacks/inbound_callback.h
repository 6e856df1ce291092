// Received texts to services.
#pragma once

#include <optional>

#include "flows/callbacks/snapshot.h"
#include "ports/account_store.h"
#include "ports/inbound_store.h"

namespace postroom::flows {

// Safe from several threads.
class InboundCallbacks {
 public:
  InboundCallbacks(ports::InboundStore& texts, ports::ServiceStore& services)
      : texts_(texts), services_(services) {}

  // The task that will post `text`.
  static ports::NewTask task_for(const receipts::InboundText& text);
  // Address, token and text are those of now, unlike a delivery receipt's. Nothing when the service has no inbound
  // callback, or the text is gone; corrupt when the task names no text.
  Result<std::optional<CallbackSnapshot>> snapshot_of(const ports::ClaimedTask& task);

 private:
  ports::InboundStore& texts_;
  ports::ServiceStore& services_;
};

}  // namespace postroom::flows
