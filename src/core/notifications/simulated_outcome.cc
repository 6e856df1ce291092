#include "core/notifications/simulated_outcome.h"

namespace postroom::notifications {

NotificationStatus simulated_outcome(NotificationType type, std::string_view normalised_to) {
  if (type == NotificationType::sms) {
    if (normalised_to.ends_with("7700900003")) return NotificationStatus::temporary_failure;
    if (normalised_to.ends_with("7700900002")) return NotificationStatus::permanent_failure;
  }
  if (type == NotificationType::email) {
    if (normalised_to == "temp-fail@simulator.notify") return NotificationStatus::temporary_failure;
    if (normalised_to == "perm-fail@simulator.notify") return NotificationStatus::permanent_failure;
  }
  return NotificationStatus::delivered;
}

}  // namespace postroom::notifications
