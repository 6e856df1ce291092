// Takes back a message that was accepted for later.
#pragma once

#include "flows/send/send_context.h"

namespace postroom::flows {

// A message can be taken back until this long before it is due: one that is being handed over cannot be stopped.
inline constexpr std::chrono::seconds kCancelMargin{5};

// Makes a scheduled text or email `cancelled`, so that its task finds nothing to do, and gives it back as it is
// now. Doing so again changes nothing. Refusals: conflict when it was never scheduled, is due, or has moved on;
// forbidden when it was sent with a key of another type, so that a test key cannot stop real messages.
Outcome<notifications::Notification> cancel_message(SendContext& context, const Sender& sender,
                                                    notifications::Notification message);

}  // namespace postroom::flows
