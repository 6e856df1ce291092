#include "flows/send/send_sms.h"

#include <algorithm>

#include "base/text.h"
#include "flows/send/acceptance.h"
#include "flows/send/checks.h"

namespace postroom::flows {
namespace {

using accounts::Permission;
using notifications::NotificationType;
using recipients::PhoneNumber;

// Shorter ones are short codes, which stay as they are.
constexpr std::size_t kPhoneNumberDigitsMin = 7;

Outcome<std::string> choose_from_number(const accounts::Service& service, const std::optional<Uuid>& chosen) {
  if (!chosen) return service.default_sms_sender();
  return choose_sender(service.sms_senders, *chosen, "sms_sender_id", service.id);
}

Outcome<void> check_number(SendContext& context, const Sender& sender, const PhoneNumber& number) {
  if (auto allowed = recipients::check_permissions(number, phone_permissions(sender.service)); !allowed) {
    if (number.counts_as_international()) {
      return refuse(RefusalKind::bad_request,
                    "This service cannot send to international mobile numbers, switch that on in its settings");
    }
    return refuse(RefusalKind::invalid_phone, "phone_number " + std::string(recipients::describe(allowed.error())));
  }
  if (number.counts_as_international()) {
    POSTROOM_PERMIT(context.limits.admit_international_sms(sender.service, sender.key_type));
  }
  return {};
}

}  // namespace

recipients::PhonePermissions phone_permissions(const accounts::Service& service) {
  return {.international = service.has(Permission::international_sms),
          .uk_landlines = service.has(Permission::sms_to_uk_landlines)};
}

void set_sms_recipient(notifications::Notification& n, std::string_view given, const PhoneNumber& number) {
  n.to = recipients::phone_as_given(given);
  n.normalised_to = number.normalised();
  n.international = number.is_international();
  n.phone_prefix = number.prefix();
  n.rate_multiplier = number.rate_multiplier();
}

std::string normalised_sms_sender(std::string_view sender) {
  auto digits = std::count_if(sender.begin(), sender.end(), is_ascii_digit);
  if (static_cast<std::size_t>(digits) < kPhoneNumberDigitsMin) return std::string(sender);
  auto number = PhoneNumber::parse(sender);
  return number ? number->normalised() : std::string(sender);
}

Outcome<AcceptedSms> send_sms(SendContext& context, const Sender& sender, notifications::SmsRequest request) {
  POSTROOM_PERMIT(check_channel(sender.service, NotificationType::sms));
  POSTROOM_ALLOW(text, find_template(context, sender.service.id, request.template_id, NotificationType::sms));
  auto values = content::Personalisation::from_json(request.personalisation);
  POSTROOM_PERMIT(check_values(*text, values));
  content::SmsText body = text->sms->render(values);
  if (body.is_empty()) return refuse_empty_message();
  POSTROOM_PERMIT(refuse_files(request.personalisation));
  POSTROOM_ALLOW(from, choose_from_number(sender.service, request.sms_sender_id));
  POSTROOM_PERMIT(check_recipient_allowed(sender, request.phone_number));
  POSTROOM_PERMIT(check_number(context, sender, request.number));
  if (body.is_too_long()) {
    return refuse(RefusalKind::bad_request, "The message has " + std::to_string(body.characters) +
                                                " characters, shorten it to at most " +
                                                std::to_string(content::kSmsCharactersMax));
  }

  notifications::Notification n = new_notification(context, sender, text->record, request.reference);
  set_sms_recipient(n, request.phone_number, request.number);
  n.personalisation = write_json(request.personalisation);
  n.reply_to = normalised_sms_sender(from);
  n.scheduled_for = request.scheduled_for;
  AcceptedSms accepted{.message = accepted_from(n),
                       .content = {.body = std::move(body.text), .from_number = n.reply_to}};
  auto answer = [&](const notifications::WireContext& wire) {
    return notifications::accepted_sms_json(wire, accepted.message, accepted.content);
  };
  if (context.options.simulated.contains(n.normalised_to)) {
    POSTROOM_PERMIT(keep_answer(context, sender, answer));
    return accepted;
  }
  POSTROOM_PERMIT(store(context, sender, n, answer));
  return accepted;
}

}  // namespace postroom::flows
