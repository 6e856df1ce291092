// Accepts one email.
#pragma once

#include "core/notifications/requests.h"
#include "core/notifications/wire.h"
#include "flows/send/send_context.h"

namespace postroom::flows {

struct AcceptedEmail {
  notifications::Accepted message;
  notifications::EmailContent content;
};

// Checks in the order that callers rely on, uploads files among the values, then stores the message with its first
// task. For simulated recipients nothing is uploaded or stored.
Outcome<AcceptedEmail> send_email(SendContext& context, const Sender& sender, notifications::EmailRequest request);

// The address that a service's emails come from.
std::string sender_address(const accounts::Service& service, const SendOptions& options);
// Where replies go when the caller does not choose; empty when the service has no address.
std::string default_reply_to(const accounts::Service& service);

}  // namespace postroom::flows
