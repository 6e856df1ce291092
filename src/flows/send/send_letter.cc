#include "flows/send/send_letter.h"

#include "core/letters/file_names.h"
#include "flows/send/acceptance.h"
#include "flows/send/checks.h"

namespace postroom::flows {
namespace {

using notifications::NotificationStatus;
using notifications::NotificationType;
using notifications::Postage;

// Stands in the test key's letters where the print house's name stands in real ones.
constexpr std::string_view kNoPrintHouse = "test-key";

Outcome<void> check_qr_codes(const LoadedTemplate& text, const content::Personalisation& values) {
  auto fault = text.letter->find_long_qr_code(values);
  if (!fault && text.welsh_letter) fault = text.welsh_letter->find_long_qr_code(values);
  if (!fault) return {};
  return tl::unexpected<Refusal>(Refusal{
      .kind = RefusalKind::validation,
      .messages = {"The link in the QR code is too long: it has " + std::to_string(fault->bytes) +
                   " bytes, shorten it to at most " + std::to_string(fault->bytes_max)},
      .qr_code =
          QrCodeTooLong{.data = std::move(fault->payload), .bytes = fault->bytes, .bytes_max = fault->bytes_max}});
}

Outcome<recipients::PostalAddress> read_address(const accounts::Service& service,
                                                const json::object& personalisation) {
  auto address = recipients::PostalAddress::parse(recipients::address_text(personalisation),
                                                  service.has(accounts::Permission::international_letters));
  if (!address) return refuse(RefusalKind::validation, std::string(recipients::describe(address.error())));
  return std::move(*address);
}

Postage postage_for(const recipients::PostalAddress& address, const notifications::Template& text) {
  switch (address.postage_zone()) {
    case recipients::PostageZone::europe: return Postage::europe;
    case recipients::PostageZone::rest_of_world: return Postage::rest_of_world;
    case recipients::PostageZone::united_kingdom: break;
  }
  return text.postage.value_or(Postage::second);
}

}  // namespace

void set_letter_recipient(SendContext& context, notifications::Notification& n,
                          const recipients::PostalAddress& address, const notifications::Template& text) {
  n.reference = letters::make_reference(context.random);
  n.to = address.joined("\n");
  n.normalised_to = address.normalised();
  n.postage = postage_for(address, text);
  n.international = address.is_international();
}

void set_test_letter_state(notifications::Notification& n, const SendOptions& options) {
  if (n.key_type != accounts::KeyType::test) return;
  n.status = options.test_letters_fake_delivery ? NotificationStatus::sending : NotificationStatus::delivered;
  n.sent_at = n.created_at;
  n.updated_at = n.created_at;
  n.sent_by = kNoPrintHouse;
}

Outcome<AcceptedLetter> send_letter(SendContext& context, const Sender& sender,
                                    notifications::LetterRequest request) {
  POSTROOM_PERMIT(check_channel(sender.service, NotificationType::letter));
  POSTROOM_ALLOW(text, find_template(context, sender.service.id, request.template_id, NotificationType::letter));
  auto values = content::Personalisation::from_json(request.personalisation);
  POSTROOM_PERMIT(check_qr_codes(*text, values));
  POSTROOM_PERMIT(check_values(*text, values));
  if (text->letter->is_empty(values)) return refuse_empty_message();
  POSTROOM_PERMIT(refuse_files(request.personalisation));
  POSTROOM_PERMIT(check_letters_allowed(sender));
  POSTROOM_ALLOW(address, read_address(sender.service, request.personalisation));

  notifications::Notification n = new_notification(context, sender, text->record, request.reference);
  set_letter_recipient(context, n, address, text->record);
  set_test_letter_state(n, context.options);
  n.personalisation = write_json(request.personalisation);
  n.reply_to = text->record.contact_block.empty() ? sender.service.contact_block : text->record.contact_block;
  AcceptedLetter accepted{
      .message = accepted_from(n),
      .content = {.subject = text->letter->api_subject(values), .body = text->letter->api_body(values)}};
  POSTROOM_PERMIT(store(context, sender, n, [&](const notifications::WireContext& wire) {
    return notifications::accepted_letter_json(wire, accepted.message, accepted.content);
  }));
  return accepted;
}

}  // namespace postroom::flows
