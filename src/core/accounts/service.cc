#include "core/accounts/service.h"

#include <algorithm>

#include "base/text.h"

namespace postroom::accounts {
namespace {

json::array senders_to_json(const std::vector<SenderChoice>& senders) {
  json::array out;
  for (const SenderChoice& sender : senders) {
    out.push_back(json::object{{"id", sender.id.text()},
                               {"value", sender.value},
                               {"is_default", sender.is_default},
                               {"archived", sender.archived}});
  }
  return out;
}

std::vector<SenderChoice> senders_from_json(const json::object& document, std::string_view key) {
  std::vector<SenderChoice> out;
  const json::value* list = document.if_contains(key);
  if (list == nullptr || !list->is_array()) return out;
  for (const auto& item : list->get_array()) {
    if (!item.is_object()) continue;
    const json::object& object = item.get_object();
    auto id = Uuid::parse(get_string(object, "id").value_or(""));
    if (!id) continue;
    out.push_back({*id, get_string(object, "value").value_or(""), get_bool(object, "is_default").value_or(false),
                   get_bool(object, "archived").value_or(false)});
  }
  return out;
}

json::array strings_to_json(const std::vector<std::string>& strings) {
  json::array out;
  for (const std::string& text : strings) out.emplace_back(text);
  return out;
}

// What is out of bounds is not believed: too few days would delete what is still needed.
int retention_of(const json::object& days, std::string_view channel, int otherwise) {
  auto value = get_int(days, channel);
  return value && *value >= kRetentionDaysMin && *value <= kRetentionDaysMax ? static_cast<int>(*value) : otherwise;
}

RetentionDays retention_from_json(const json::object& document) {
  RetentionDays out;
  const json::value* days = document.if_contains("retention_days");
  if (days == nullptr || !days->is_object()) return out;
  const json::object& object = days->get_object();
  out.email = retention_of(object, "email", out.email);
  out.sms = retention_of(object, "sms", out.sms);
  out.letter = retention_of(object, "letter", out.letter);
  return out;
}

}  // namespace

bool is_print_organisation(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), is_ascii_digit);
}

std::string Service::default_sms_sender() const {
  for (const SenderChoice& sender : sms_senders) {
    if (sender.is_default && !sender.archived) return sender.value;
  }
  return "";
}

json::object to_json(const Service& service) {
  json::array permissions;
  for (Permission permission : service.permissions) permissions.emplace_back(to_string(permission));
  json::array team;
  for (const TeamMember& member : service.team) {
    team.push_back(json::object{
        {"name", member.name}, {"email_address", member.email_address}, {"phone_number", member.phone_number}});
  }
  const DailyLimits& limits = service.daily_limits;
  return {{"id", service.id.text()},
          {"name", service.name},
          {"active", service.active},
          {"trial", service.trial},
          {"permissions", permissions},
          {"requests_per_minute", service.requests_per_minute},
          {"daily_limits", json::object{{"email", limits.email},
                                        {"sms", limits.sms},
                                        {"letter", limits.letter},
                                        {"international_sms", limits.international_sms}}},
          {"retention_days", json::object{{"email", service.retention_days.email},
                                          {"sms", service.retention_days.sms},
                                          {"letter", service.retention_days.letter}}},
          {"prefix_sms", service.prefix_sms},
          {"email_local_part", service.email_local_part},
          {"contact_link", service.contact_link},
          {"contact_block", service.contact_block},
          {"print_organisation", service.print_organisation},
          {"sms_senders", senders_to_json(service.sms_senders)},
          {"reply_to_addresses", senders_to_json(service.reply_to_addresses)},
          {"team", team},
          {"guest_list", strings_to_json(service.guest_list)},
          {"email_brand", to_json(service.email_brand)},
          {"letter_logo", service.letter_logo},
          {"created_at", format_rfc3339(service.created_at)}};
}

Result<Service> service_from_json(const json::object& document) {
  Service service;
  auto id = ServiceId::parse(get_string(document, "id").value_or(""));
  auto created_at = parse_rfc3339(get_string(document, "created_at").value_or(""));
  if (!id || !created_at) return fail(ErrorKind::corrupt, "a stored service lacks its id or created_at");
  service.id = *id;
  service.created_at = *created_at;
  service.name = get_string(document, "name").value_or("");
  service.active = get_bool(document, "active").value_or(true);
  service.trial = get_bool(document, "trial").value_or(false);
  for (const std::string& name : get_strings(document, "permissions")) {
    if (auto permission = parse_permission(name)) service.permissions.insert(*permission);
  }
  service.requests_per_minute =
      static_cast<int>(get_int(document, "requests_per_minute").value_or(service.requests_per_minute));
  if (const json::value* limits = document.if_contains("daily_limits"); limits != nullptr && limits->is_object()) {
    const json::object& object = limits->get_object();
    DailyLimits& daily = service.daily_limits;
    daily.email = get_int(object, "email").value_or(daily.email);
    daily.sms = get_int(object, "sms").value_or(daily.sms);
    daily.letter = get_int(object, "letter").value_or(daily.letter);
    daily.international_sms = get_int(object, "international_sms").value_or(daily.international_sms);
  }
  service.retention_days = retention_from_json(document);
  service.prefix_sms = get_bool(document, "prefix_sms").value_or(true);
  service.email_local_part = get_string(document, "email_local_part").value_or("");
  service.contact_link = get_string(document, "contact_link").value_or("");
  service.contact_block = get_string(document, "contact_block").value_or("");
  if (auto text = get_string(document, "print_organisation"); text && is_print_organisation(*text))
    service.print_organisation = std::move(*text);
  service.sms_senders = senders_from_json(document, "sms_senders");
  service.reply_to_addresses = senders_from_json(document, "reply_to_addresses");
  if (const json::value* team = document.if_contains("team"); team != nullptr && team->is_array()) {
    for (const auto& item : team->get_array()) {
      if (!item.is_object()) continue;
      const json::object& object = item.get_object();
      service.team.push_back({get_string(object, "name").value_or(""),
                              get_string(object, "email_address").value_or(""),
                              get_string(object, "phone_number").value_or("")});
    }
  }
  service.guest_list = get_strings(document, "guest_list");
  if (const json::value* brand = document.if_contains("email_brand"); brand != nullptr && brand->is_object()) {
    service.email_brand = email_brand_from_json(brand->get_object());
  }
  service.letter_logo = get_string(document, "letter_logo").value_or("");
  return service;
}

Result<void> check_sms_sender(std::string_view sender) {
  constexpr std::size_t kCharactersMin = 3;
  constexpr std::size_t kCharactersMax = 11;
  bool plain = std::all_of(sender.begin(), sender.end(), [](char c) {
    return is_ascii_alnum(c) || std::string_view(" &.-_").find(c) != std::string_view::npos;
  });
  if (plain && sender.size() >= kCharactersMin && sender.size() <= kCharactersMax &&
      is_ascii_alnum(sender.front()) && !sender.starts_with("00")) {
    return {};
  }
  return fail(ErrorKind::invalid_input, "sender '" + std::string(sender) +
                                            "' must have 3 to 11 letters, digits, blanks and &.-_, start with a "
                                            "letter or digit, and not with 00");
}

std::string make_email_local_part(std::string_view service_name) {
  std::string out;
  for (char c : to_lower(service_name)) {
    if (is_ascii_alnum(c))
      out += c;
    else if ((c == ' ' || c == '.') && !out.empty() && out.back() != '.')
      out += '.';
  }
  while (!out.empty() && out.back() == '.') out.pop_back();
  return out.empty() ? "service" : out;
}

}  // namespace postroom::accounts
