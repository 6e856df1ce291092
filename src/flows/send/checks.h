// Checks that the channels share, each with the words the caller gets. In the order in which they are made.
#pragma once

#include <string_view>

#include "base/json.h"
#include "core/content/personalisation.h"
#include "core/recipients/allowed_recipients.h"
#include "flows/send/refusal.h"
#include "flows/send/send_context.h"

namespace postroom::flows {

// The service may use the channel at all.
Outcome<void> check_channel(const accounts::Service& service, notifications::NotificationType type);
// Exists in the service, is of the channel, and was not deleted. Hidden templates do not exist for callers.
Outcome<LoadedTemplatePtr> find_template(SendContext& context, ServiceId service, TemplateId id,
                                         notifications::NotificationType type);
// Every placeholder has a value.
Outcome<void> check_values(const LoadedTemplate& text, const content::Personalisation& values);
tl::unexpected<Refusal> refuse_empty_message();
// None of the values is a file.
Outcome<void> refuse_files(const json::object& personalisation);
// Letters are not for team keys, nor for trial services but with a test key.
Outcome<void> check_letters_allowed(const Sender& sender);
// A team key, and a trial service without a test key, reach this list only.
bool has_restricted_recipients(const Sender& sender);
recipients::AllowedRecipients allowed_recipients(const accounts::Service& service);
Outcome<void> check_recipient_allowed(const Sender& sender, std::string_view recipient);
// An active choice of `choices` by its id. `what` names the parameter's object: "sms_sender_id".
Outcome<std::string> choose_sender(const std::vector<accounts::SenderChoice>& choices, Uuid id,
                                   std::string_view what, ServiceId service);

}  // namespace postroom::flows
