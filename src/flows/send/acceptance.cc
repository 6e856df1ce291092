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
    case NotificationType::letter:
      return n.status == NotificationStatus::pending_virus_check ? ports::kScanQueue : ports::kLettersQueue;
  }
  return ports::kSendSmsQueue;
}

constexpr int kAcceptedStatus = 201;

bool is_answered(SendContext& context, const ports::AnswerToKeep& answer) {
  if (context.answers == nullptr) return false;
  auto found = context.answers->find(answer.key, answer.request, answer.accepted_at);
  return found && found->has_value();
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
                        .run_at = n.scheduled_for.value_or(n.created_at)};
}

bool waits_for_records(const SendContext& context, const accounts::Service& service, const Notification& n) {
  return context.options.print_records && n.type == NotificationType::letter &&
         n.status == NotificationStatus::created && n.key_type == accounts::KeyType::normal &&
         !service.has(accounts::Permission::letters_as_pdf);
}

Outcome<void> check_ready_pdfs_allowed(const SendContext& context, const accounts::Service& service) {
  if (!context.options.print_records || service.has(accounts::Permission::letters_as_pdf)) return {};
  return refuse(
      RefusalKind::bad_request,
      "Letters of this service travel as print records, which are made of a template and its values: send a "
      "template_id and personalisation, a ready PDF cannot be sent");
}

notifications::Accepted accepted_from(const Notification& n) {
  notifications::Accepted out{
      .id = n.id, .service_id = n.service_id, .template_id = n.template_id, .template_version = n.template_version};
  if (n.has_client_reference) out.reference = n.client_reference;
  return out;
}

ports::Claims claims_of(SendContext& context, const Sender& sender, std::optional<ports::DailyUse> use,
                        const AnswerText& answer) {
  ports::Claims claims{.use = std::move(use), .answer = {}};
  if (sender.once != nullptr) {
    const UtcTime now = context.clock.now();
    claims.answer = ports::AnswerToKeep{.key = sender.once->key,
                                        .request = sender.once->request,
                                        .status = kAcceptedStatus,
                                        .body = answer(sender.once->wire),
                                        .accepted_at = now,
                                        .expires_at = now + kAnswersKept};
  }
  return claims;
}

tl::unexpected<Refusal> refuse_claims(SendContext& context, const Sender& sender, const ports::Claims& claims,
                                      const Error& error, std::string_view what) {
  if (error.kind == ErrorKind::forbidden && claims.use) {
    return tl::unexpected<Refusal>(context.limits.refused_by_store(sender.service, *claims.use));
  }
  // Another process was faster with the same request.
  if (error.kind == ErrorKind::conflict && claims.answer && is_answered(context, *claims.answer)) {
    return refuse(RefusalKind::repeated, "A request with this idempotency key has been answered already");
  }
  return refuse_for(error, what);
}

Outcome<void> store(SendContext& context, const Sender& sender, Notification& notification,
                    const AnswerText& answer) {
  // Numbers of crown dependencies are foreign to billing, but not to the allowance of international texts.
  const bool international = notification.type == NotificationType::sms && notification.phone_prefix != "44";
  auto use = context.limits.use_of(sender.service, sender.key_type, notification.type, international);
  ports::Acceptance acceptance{.notification = std::move(notification),
                               .tasks = {},
                               .claims = claims_of(context, sender, std::move(use), answer)};
  if (!waits_for_records(context, sender.service, acceptance.notification))
    acceptance.tasks.push_back(first_task(acceptance.notification));
  // The file of a ready PDF bears the reference already, so that one cannot be exchanged.
  const bool may_rename = acceptance.notification.type == NotificationType::letter &&
                          acceptance.notification.status != NotificationStatus::pending_virus_check;
  Result<void> stored = context.notifications.accept(acceptance);
  for (int attempt = 1; !stored && stored.error().kind == ErrorKind::conflict && may_rename &&
                        !(acceptance.claims.answer && is_answered(context, *acceptance.claims.answer)) &&
                        attempt < kReferenceAttemptsMax;
       ++attempt) {
    acceptance.notification.reference = letters::make_reference(context.random);
    stored = context.notifications.accept(acceptance);
  }
  notification = std::move(acceptance.notification);
  if (!stored) return refuse_claims(context, sender, acceptance.claims, stored.error(), "accept");
  if (acceptance.claims.use) context.limits.counted(sender.service.id, *acceptance.claims.use);
  return {};
}

Outcome<void> keep_answer(SendContext& context, const Sender& sender, const AnswerText& answer) {
  if (sender.once == nullptr || context.answers == nullptr) return {};
  const ports::Claims claims = claims_of(context, sender, std::nullopt, answer);
  auto kept = context.answers->keep(*claims.answer);
  if (!kept) return refuse_claims(context, sender, claims, kept.error(), "keep answer");
  return {};
}

}  // namespace postroom::flows
