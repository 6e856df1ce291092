#include "flows/send/acceptance.h"

#include "core/letters/file_names.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;

// A reference that is taken is a one in 10^24 event; twice in a row is a broken generator.
constexpr int kReferenceAttemptsMax = 3;

std::string_view first_kind(const Notification& n) {
  switch (n.type) {
    case NotificationType::sms: return ports::kDeliverSms;
    case NotificationType::email: return ports::kDeliverEmail;
    case NotificationType::letter:
      return n.status == NotificationStatus::pending_virus_check ? ports::kScanLetter : ports::kCreateLetterPdf;
  }
  return ports::kDeliverSms;
}

std::string_view first_queue(const Notification& n) {
  if (n.key_type == accounts::KeyType::test) return ports::kResearchQueue;
  switch (n.type) {
    case NotificationType::sms: return ports::kSendSmsQueue;
    case NotificationType::email: return ports::kSendEmailQueue;
    case NotificationType::letter: return ports::kLettersQueue;
  }
  return ports::kSendSmsQueue;
}

}  // namespace

Notification new_notification(SendContext& context, const Sender& sender, const notifications::Template& text,
                              const std::optional<std::string>& client_reference) {
  Notification n;
  n.created_at = context.clock.now();
  n.id = NotificationId{Uuid::time_ordered(n.created_at, context.random)};
  n.service_id = sender.service.id;
  n.type = text.type;
  n.key_type = sender.key_type;
  n.api_key_id = sender.key_id;
  n.template_id = text.id;
  n.template_version = text.version;
  n.has_client_reference = client_reference.has_value();
  if (client_reference) n.client_reference = *client_reference;
  return n;
}

ports::NewTask first_task(const Notification& n) {
  return ports::NewTask{.queue = std::string(first_queue(n)),
                        .kind = std::string(first_kind(n)),
                        .subject = n.id.text(),
                        .run_at = n.created_at};
}

notifications::Accepted accepted_from(const Notification& n) {
  notifications::Accepted out{
      .id = n.id, .service_id = n.service_id, .template_id = n.template_id, .template_version = n.template_version};
  if (n.has_client_reference) out.reference = n.client_reference;
  return out;
}

Outcome<void> store(SendContext& context, const Sender& sender, Notification& notification) {
  ports::Acceptance acceptance{.notification = std::move(notification), .tasks = {}};
  acceptance.tasks.push_back(first_task(acceptance.notification));
  // The file of a ready PDF bears the reference already, so that one cannot be exchanged.
  const bool may_rename = acceptance.notification.type == NotificationType::letter &&
                          acceptance.notification.status != NotificationStatus::pending_virus_check;
  Result<void> stored = context.notifications.accept(acceptance);
  for (int attempt = 1;
       !stored && stored.error().kind == ErrorKind::conflict && may_rename && attempt < kReferenceAttemptsMax;
       ++attempt) {
    acceptance.notification.reference = letters::make_reference(context.random);
    stored = context.notifications.accept(acceptance);
  }
  notification = std::move(acceptance.notification);
  if (!stored) return refuse_for(stored.error(), "accept");
  // Numbers of crown dependencies are foreign to billing, but not to the allowance of international texts.
  bool international = notification.type == NotificationType::sms && notification.phone_prefix != "44";
  context.limits.count(sender.service, sender.key_type, notification.type, international);
  return {};
}

}  // namespace postroom::flows
