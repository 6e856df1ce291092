#include "flows/send/send_row.h"

#include "flows/send/acceptance.h"
#include "flows/send/checks.h"
#include "flows/send/send_email.h"
#include "flows/send/send_letter.h"
#include "flows/send/send_sms.h"

namespace postroom::flows {
namespace {

using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;

// Shown for numbers that cannot be read, so that reports by country have a place for them.
constexpr std::string_view kHomePrefix = "44";

Outcome<void> fill_sms(const Sender& sender, Notification& n, const RowMessage& message) {
  POSTROOM_PERMIT(check_recipient_allowed(sender, message.recipient));
  n.reply_to = normalised_sms_sender(message.from.empty() ? sender.service.default_sms_sender() : message.from);
  auto number = recipients::PhoneNumber::parse(message.recipient);
  if (number && recipients::check_permissions(*number, phone_permissions(sender.service))) {
    set_sms_recipient(n, message.recipient, *number);
    return {};
  }
  n.status = NotificationStatus::validation_failed;
  n.updated_at = n.created_at;
  n.to = message.recipient;
  n.phone_prefix = kHomePrefix;
  return {};
}

Outcome<void> fill_email(const Sender& sender, Notification& n, const RowMessage& message) {
  POSTROOM_PERMIT(check_recipient_allowed(sender, message.recipient));
  auto address = recipients::EmailAddress::parse(message.recipient);
  if (!address) return refuse(RefusalKind::validation, "email_address " + address.error().message);
  n.to = address->text();
  n.normalised_to = address->normalised();
  n.reply_to = message.from.empty() ? default_reply_to(sender.service) : message.from;
  return {};
}

Outcome<void> fill_letter(SendContext& context, const Sender& sender, const notifications::Template& text,
                          Notification& n, const RowMessage& message) {
  POSTROOM_PERMIT(check_letters_allowed(sender));
  auto address = recipients::PostalAddress::parse(message.recipient,
                                                  sender.service.has(accounts::Permission::international_letters));
  if (!address) return refuse(RefusalKind::validation, std::string(recipients::describe(address.error())));
  set_letter_recipient(context, n, *address, text);
  set_test_letter_state(n, context.options);
  n.reply_to = text.contact_block.empty() ? sender.service.contact_block : text.contact_block;
  return {};
}

}  // namespace

Outcome<ports::Acceptance> accept_row(SendContext& context, const accounts::Service& service,
                                      const LoadedTemplate& text, RowMessage message) {
  const Sender sender{.service = service, .key_type = message.key_type, .key_id = message.key_id};
  POSTROOM_PERMIT(check_channel(service, text.record.type));
  POSTROOM_PERMIT(check_values(text, content::Personalisation::from_json(message.personalisation)));
  ports::Acceptance out{.notification = new_notification(context, sender, text.record, message.client_reference),
                        .tasks = {}};
  Notification& n = out.notification;
  n.job_id = message.job_id;
  n.job_row = message.row;
  n.created_by_name = std::move(message.created_by_name);
  n.personalisation = write_json(message.personalisation);
  switch (n.type) {
    case NotificationType::sms: POSTROOM_PERMIT(fill_sms(sender, n, message)); break;
    case NotificationType::email: POSTROOM_PERMIT(fill_email(sender, n, message)); break;
    case NotificationType::letter: POSTROOM_PERMIT(fill_letter(context, sender, text.record, n, message)); break;
  }
  if (n.status != NotificationStatus::validation_failed && !waits_for_records(context, service, n))
    out.tasks.push_back(first_task(n));
  return out;
}

}  // namespace postroom::flows
