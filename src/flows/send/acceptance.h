// The row and the first task of a new message.
#pragma once

#include <functional>

#include "core/notifications/wire.h"
#include "flows/send/send_context.h"

namespace postroom::flows {

// A row with everything that channels have in common, in state created, with a fresh time-ordered id.
notifications::Notification new_notification(SendContext& context, const Sender& sender,
                                             const notifications::Template& text,
                                             const std::optional<std::string>& client_reference);
// The one task that sends it on, due when the message is.
ports::NewTask first_task(const notifications::Notification& notification);
// True when there is no such task: the letter waits for the evening's print records, which are made of its values.
bool waits_for_records(const SendContext& context, const accounts::Service& service,
                       const notifications::Notification& notification);
// Ready PDFs are for services whose letters travel as PDF.
Outcome<void> check_ready_pdfs_allowed(const SendContext& context, const accounts::Service& service);
// What the answer tells of it.
notifications::Accepted accepted_from(const notifications::Notification& notification);
// The answer to a request, written when it is to be kept.
using AnswerText = std::function<std::string(const notifications::WireContext& wire)>;
// What is counted and kept when something of the sender's is accepted.
ports::Claims claims_of(SendContext& context, const Sender& sender, std::optional<ports::DailyUse> use,
                        const AnswerText& answer);
// Why the store did not take what came with these claims, as the caller will be told.
tl::unexpected<Refusal> refuse_claims(SendContext& context, const Sender& sender, const ports::Claims& claims,
                                      const Error& error, std::string_view what);

// Stores row and task, counts the message and keeps the answer, in one commit. A letter whose reference is taken
// gets another.
Outcome<void> store(SendContext& context, const Sender& sender, notifications::Notification& notification,
                    const AnswerText& answer);
// Keeps the answer about a message that was accepted without being stored.
Outcome<void> keep_answer(SendContext& context, const Sender& sender, const AnswerText& answer);

}  // namespace postroom::flows
