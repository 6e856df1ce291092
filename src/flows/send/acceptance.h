// The row and the first task of a new message.
#pragma once

#include "core/notifications/wire.h"
#include "flows/send/send_context.h"

namespace postroom::flows {

// A row with everything that channels have in common, in state created, with a fresh time-ordered id.
notifications::Notification new_notification(SendContext& context, const Sender& sender,
                                             const notifications::Template& text,
                                             const std::optional<std::string>& client_reference);
// The one task that sends it on.
ports::NewTask first_task(const notifications::Notification& notification);
// What the answer tells of it.
notifications::Accepted accepted_from(const notifications::Notification& notification);
// Stores row and task in one commit and counts the message. A letter whose reference is taken gets another.
Outcome<void> store(SendContext& context, const Sender& sender, notifications::Notification& notification);

}  // namespace postroom::flows
