// Accepts one text message.
#pragma once

#include "core/notifications/requests.h"
#include "core/notifications/wire.h"
#include "flows/send/send_context.h"

namespace postroom::flows {

struct AcceptedSms {
  notifications::Accepted message;
  notifications::SmsContent content;
};

// Checks in the order that callers rely on, then stores the message with its first task. Recipients that are
// simulated get an answer and nothing else happens.
Outcome<AcceptedSms> send_sms(SendContext& context, const Sender& sender, notifications::SmsRequest request);

// The name or number that texts come from as the provider gets it: numbers with country code, names as they are.
std::string normalised_sms_sender(std::string_view sender);

// Puts recipient and prices of a text to `number`, as `given`, into a row.
void set_sms_recipient(notifications::Notification& notification, std::string_view given,
                       const recipients::PhoneNumber& number);
recipients::PhonePermissions phone_permissions(const accounts::Service& service);

}  // namespace postroom::flows
