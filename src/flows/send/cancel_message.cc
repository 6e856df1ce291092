#include "flows/send/cancel_message.h"

#include "base/log.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;

namespace {

tl::unexpected<Refusal> refuse_too_late() {
  return refuse(RefusalKind::conflict, "It is too late: messages can be cancelled until " +
                                           std::to_string(kCancelMargin.count()) +
                                           " seconds before the time that they are scheduled for");
}

tl::unexpected<Refusal> refuse_trouble(const Error& error) {
  log_error("cancel.failed", {{"kind", to_string(error.kind)}, {"error", error.message}});
  if (error.kind == ErrorKind::retry_later) {
    return refuse(RefusalKind::unavailable, "The message could not be cancelled, try again in a few seconds");
  }
  return refuse(RefusalKind::internal, "The message could not be cancelled because of an internal server error");
}

// It was counted on the day it was accepted.
void give_back(SendContext& context, const Sender& sender, const Notification& n) {
  const bool is_international = n.type == notifications::NotificationType::sms && n.phone_prefix != "44";
  auto use = context.limits.use_of(sender.service, n.key_type, n.type, is_international);
  if (!use) return;
  use->day = Date{std::chrono::floor<std::chrono::days>(n.created_at)};
  context.limits.give_back(n.service_id, *use);
}

}  // namespace

Outcome<Notification> cancel_message(SendContext& context, const Sender& sender, Notification message) {
  if (message.key_type != sender.key_type) {
    return refuse(RefusalKind::forbidden, "This message was sent with a key of type " +
                                              std::string(accounts::to_string(message.key_type)) +
                                              ", use such a key to cancel it");
  }
  if (message.status == NotificationStatus::cancelled) return message;
  if (!message.scheduled_for) {
    return refuse(RefusalKind::conflict, "Only messages that are scheduled for later can be cancelled");
  }
  const UtcTime now = context.clock.now();
  if (message.status != NotificationStatus::created || now + kCancelMargin > *message.scheduled_for) {
    return refuse_too_late();
  }
  auto moved = context.notifications.move({.id = message.id,
                                           .from = {NotificationStatus::created},
                                           .to = NotificationStatus::cancelled,
                                           .at = now,
                                           .cause = "cancelled.by_service"});
  if (!moved) return refuse_trouble(moved.error());
  if (*moved) give_back(context, sender, message);
  auto found = context.notifications.find(message.id);
  if (!found) return refuse_trouble(found.error());
  // Somebody else may have cancelled it in the meantime, which is what was asked for.
  if (found->status != NotificationStatus::cancelled) return refuse_too_late();
  return std::move(*found);
}

}  // namespace postroom::flows
