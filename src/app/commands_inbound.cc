// Numbers that services receive texts on, and what the print house's service needs to know.
#include <fmt/format.h>

#include <algorithm>

#include "app/commands.h"
#include "app/flow_parts.h"
#include "app/receipts.h"
#include "base/text.h"

namespace postroom::app {
namespace {

using accounts::SenderChoice;
using accounts::Service;

Result<std::string> inbound_number_of(const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "number"));
  std::string digits;
  for (char c : text) {
    if (is_ascii_digit(c))
      digits += c;
    else if (c != ' ' && c != '+')
      return fail(ErrorKind::invalid_input, fmt::format("number '{}' may have digits only", text));
  }
  digits = receipts::national_number(digits);
  if (digits.size() < 3 || digits.size() > receipts::kInboundNumberDigitsMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("number '{}' has {} digits: give 3 to {}, as in 07123123123 or 60003", text,
                            digits.size(), receipts::kInboundNumberDigitsMax));
  }
  return digits;
}

json::object describe(Parts& parts, const ports::InboundNumber& number) {
  json::object out{{"number", number.number},    {"provider", number.provider},
                   {"service_id", nullptr},      {"service", nullptr},
                   {"active", number.is_active}, {"created_at", format_rfc3339(number.created_at)}};
  if (!number.service_id) return out;
  out["service_id"] = number.service_id->text();
  if (auto service = parts.database->services().find(*number.service_id)) out["service"] = service->name;
  return out;
}

// Replies go to where a text came from: the number becomes the service's sender.
void take_as_sender(Parts& parts, Service& service, const std::string& number) {
  service.permissions.insert(accounts::Permission::inbound_sms);
  std::vector<SenderChoice*> in_use;
  for (SenderChoice& sender : service.sms_senders) {
    if (!sender.archived) in_use.push_back(&sender);
  }
  if (in_use.size() == 1) {
    in_use.front()->value = number;
    return;
  }
  for (SenderChoice* sender : in_use) sender->is_default = false;
  service.sms_senders.push_back({Uuid::random(parts.random), number, true, false});
}

Result<void> give_to(Parts& parts, const Service& owner, ports::InboundNumber& number, bool is_known) {
  ports::InboundStore& store = parts.database->inbound();
  number.service_id = owner.id;
  POSTROOM_CHECK(is_known ? store.update_number(number) : store.add_number(number));
  Service service = owner;
  take_as_sender(parts, service, number.number);
  return parts.database->services().update(service);
}

Result<json::value> add_number(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(text, inbound_number_of(arguments));
  std::string provider = get_string(arguments, "provider").value_or("mmg");
  if (!receipts::parse_sms_provider(provider)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("provider is '{}', but must be mmg, firetext, twilio or smpp", provider));
  }
  ports::InboundStore& store = parts.database->inbound();
  POSTROOM_TRY(known, store.find_number(text));
  ports::InboundNumber number =
      known.value_or(ports::InboundNumber{.number = text, .provider = provider, .created_at = parts.clock.now()});
  if (number.service_id) {
    return fail(ErrorKind::conflict,
                fmt::format("number {} belongs to a service: `postroom inbound-number list` shows which", text));
  }
  if (!arguments.contains("service")) {
    POSTROOM_CHECK(store.add_number(number));
    return json::value(describe(parts, number));
  }
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_CHECK(give_to(parts, service, number, known.has_value()));
  return json::value(describe(parts, number));
}

Result<json::value> list_numbers(Parts& parts, const json::object&) {
  POSTROOM_TRY(numbers, parts.database->inbound().numbers());
  json::array out;
  for (const ports::InboundNumber& number : numbers) out.push_back(describe(parts, number));
  return json::value(out);
}

Result<json::value> remove_number(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(number, inbound_number_of(arguments));
  POSTROOM_CHECK(parts.database->inbound().remove_number(number));
  return json::value(json::object{{"number", number}, {"removed", true}});
}

// For whoever gives letters to the print house's service by hand or by a program of their own.
Result<json::value> letter_token_of(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "id"));
  auto id = NotificationId::parse(text);
  if (!id) return fail(ErrorKind::invalid_input, fmt::format("id '{}' is no UUID: give a letter's id", text));
  POSTROOM_TRY(letter, parts.database->notifications().find(*id));
  if (letter.type != notifications::NotificationType::letter) {
    return fail(ErrorKind::invalid_input, fmt::format("{} is no letter", text));
  }
  std::string token = api::letter_token(parts.flows->provider_reports->letter_tokens, *id);
  std::string base = parts.base_url.empty() ? parts.settings.text("api.base_url") : parts.base_url;
  return json::value(
      json::object{{"id", text}, {"token", token}, {"url", base + "/notifications/letter/status?token=" + token}});
}

}  // namespace

void add_inbound_commands(Commands& commands) {
  commands.add("inbound-number add", add_number);
  commands.add("inbound-number list", list_numbers);
  commands.add("inbound-number remove", remove_number);
  commands.add("letters token", letter_token_of);
}

}  // namespace postroom::app
