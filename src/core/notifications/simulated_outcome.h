// What becomes of a message that no provider will carry: test keys and the sandbox decide by the recipient,
// so that a caller can try out every ending.
#pragma once

#include <string_view>

#include "core/notifications/notification.h"

namespace postroom::notifications {

// delivered, temporary_failure or permanent_failure. Texts: a number ending 7700900003 fails for a time, one
// ending 7700900002 for good. Emails: temp-fail@simulator.notify and perm-fail@simulator.notify. Letters are
// always delivered.
NotificationStatus simulated_outcome(NotificationType type, std::string_view normalised_to);

}  // namespace postroom::notifications
