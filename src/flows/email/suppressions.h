// Who must not be written to any more: addresses that bounced for good, for all services, and of people who
// complained, for the service they complained about.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "core/notifications/notification.h"
#include "ports/suppression_store.h"

namespace postroom::flows {

// Safe from several threads. Errors of the store pass through.
class Suppressions {
 public:
  // For how long; 0: nobody is suppressed.
  Suppressions(ports::SuppressionStore& store, const Clock& clock, int days)
      : store_(store), clock_(clock), days_(days) {}

  // Why this email must not go out; nothing when it may.
  Result<std::optional<ports::Suppression>> find(const notifications::Notification& email);
  // `detail` holds codes only.
  Result<void> add_bounced(const notifications::Notification& email, std::string_view detail);
  Result<void> add_complained(const notifications::Notification& email, std::string_view detail);
  // Deletes those whose time is over.
  Result<void> sweep();

 private:
  Result<void> put(const notifications::Notification& email, ServiceId service, ports::SuppressionReason reason,
                   std::string_view detail);
  UtcTime oldest() const { return clock_.now() - std::chrono::days{days_}; }

  ports::SuppressionStore& store_;
  const Clock& clock_;
  const int days_;
};

// One sentence for the message's timeline.
std::string reason_text(const ports::Suppression& suppression);

}  // namespace postroom::flows
