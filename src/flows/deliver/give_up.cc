#include "flows/deliver/give_up.h"

#include "base/log.h"

namespace postroom::flows {

Result<void> give_up_waiting(ports::NotificationStore& notifications, NotificationId id, UtcTime at,
                             std::string_view reason) {
  using enum notifications::NotificationStatus;
  POSTROOM_TRY(moved, notifications.move({.id = id,
                                          .from = {created},
                                          .to = technical_failure,
                                          .at = at,
                                          .cause = "retries.exhausted",
                                          .detail = std::string(reason)}));
  if (moved) log_error("deliver.gave_up", {{"notification", id.text()}, {"reason", reason}});
  return {};
}

}  // namespace postroom::flows
