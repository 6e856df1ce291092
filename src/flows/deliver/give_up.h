// The end of a message whose retries are used up.
#pragma once

#include <string_view>

#include "ports/notification_store.h"

namespace postroom::flows {

// created becomes technical-failure; in any other state nothing happens.
Result<void> give_up_waiting(ports::NotificationStore& notifications, NotificationId id, UtcTime at,
                             std::string_view reason);

}  // namespace postroom::flows
