// Changes to services after they were made: limits, team, guest list, senders, reply-to addresses, templates' ends.
#include <fmt/format.h>

#include <algorithm>

#include "app/commands.h"
#include "app/parts.h"
#include "base/text.h"
#include "core/recipients/email_address.h"
#include "core/recipients/phone_number.h"

namespace postroom::app {
namespace {

using accounts::SenderChoice;
using accounts::Service;
using accounts::TeamMember;

Result<void> check_phone(std::string_view text) {
  auto number = recipients::PhoneNumber::parse(text);
  if (number) return {};
  return fail(ErrorKind::invalid_input,
              fmt::format("phone number '{}': {}", text, recipients::describe(number.error())));
}

Result<void> check_email(std::string_view text) {
  auto address = recipients::EmailAddress::parse(text);
  if (address) return {};
  return fail(ErrorKind::invalid_input, fmt::format("email address '{}': {}", text, address.error().message));
}

// "NAME,EMAIL" or "NAME,EMAIL,PHONE".
Result<TeamMember> team_member_of(std::string_view text) {
  std::vector<std::string> parts;
  for (std::string_view part : split(text, ',')) parts.emplace_back(trim(part));
  if (parts.size() < 2 || parts.size() > 3 || parts[0].empty()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("team member '{}': write NAME,EMAIL or NAME,EMAIL,PHONE", text));
  }
  POSTROOM_CHECK(check_email(parts[1]));
  if (parts.size() == 2) parts.emplace_back();
  if (!parts[2].empty()) POSTROOM_CHECK(check_phone(parts[2]));
  return TeamMember{parts[0], parts[1], parts[2]};
}

Result<void> change_people(Service& service, const json::object& arguments) {
  for (const std::string& text : get_strings(arguments, "add_team")) {
    POSTROOM_TRY(member, team_member_of(text));
    std::erase_if(service.team, [&](const TeamMember& m) { return m.email_address == member.email_address; });
    service.team.push_back(std::move(member));
  }
  for (const std::string& email : get_strings(arguments, "remove_team")) {
    if (std::erase_if(service.team, [&](const TeamMember& m) { return m.email_address == email; }) == 0) {
      return fail(ErrorKind::not_found, fmt::format("nobody in the team has the address '{}'", email));
    }
  }
  for (const std::string& guest : get_strings(arguments, "add_guest")) {
    POSTROOM_CHECK(guest.find('@') == std::string::npos ? check_phone(guest) : check_email(guest));
    if (std::find(service.guest_list.begin(), service.guest_list.end(), guest) == service.guest_list.end()) {
      service.guest_list.push_back(guest);
    }
  }
  for (const std::string& guest : get_strings(arguments, "remove_guest")) {
    if (std::erase(service.guest_list, guest) == 0) {
      return fail(ErrorKind::not_found, fmt::format("the guest list does not have '{}'", guest));
    }
  }
  return {};
}

// "sms=1000".
Result<void> change_daily_limit(Service& service, std::string_view text) {
  auto equals = text.find('=');
  std::string_view channel = text.substr(0, equals);
  auto number = parse_int<std::int64_t>(equals == std::string_view::npos ? "" : text.substr(equals + 1));
  accounts::DailyLimits& limits = service.daily_limits;
  std::int64_t* limit = channel == "email"               ? &limits.email
                        : channel == "sms"               ? &limits.sms
                        : channel == "letter"            ? &limits.letter
                        : channel == "international_sms" ? &limits.international_sms
                                                         : nullptr;
  std::int64_t value = number.value_or(-1);
  if (limit == nullptr || value < 0 || value > kDailyLimitMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("daily limit '{}': write CHANNEL=N, with email, sms, letter or international_sms and a "
                            "number from 0 to {}",
                            text, kDailyLimitMax));
  }
  *limit = value;
  return {};
}

Result<void> change_limits(Service& service, const json::object& arguments) {
  if (auto number = get_int(arguments, "requests_per_minute")) {
    if (*number < 1 || *number > kRequestsPerMinuteMax) {
      return fail(ErrorKind::invalid_input, fmt::format("requests per minute is {}, but must be from 1 to {}",
                                                        *number, kRequestsPerMinuteMax));
    }
    service.requests_per_minute = static_cast<int>(*number);
  }
  for (const std::string& text : get_strings(arguments, "daily_limits")) {
    POSTROOM_CHECK(change_daily_limit(service, text));
  }
  return {};
}

Result<json::value> update_service(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  if (arguments.contains("permissions")) {
    POSTROOM_TRY(permissions, permissions_of(arguments));
    service.permissions = permissions;
  }
  const bool was_trial = service.trial;
  service.trial = get_bool(arguments, "trial").value_or(service.trial);
  // Limits that somebody chose stay.
  if (was_trial && !service.trial && service.daily_limits == accounts::kTrialDailyLimits) service.daily_limits = {};
  service.active = get_bool(arguments, "active").value_or(service.active);
  service.contact_link = get_string(arguments, "contact_link").value_or(service.contact_link);
  POSTROOM_CHECK(set_print_organisation(service, arguments));
  POSTROOM_CHECK(change_limits(service, arguments));
  POSTROOM_CHECK(change_people(service, arguments));
  POSTROOM_CHECK(parts.database->services().update(service));
  return json::value(accounts::to_json(service));
}

Result<json::value> add_choice(Parts& parts, Service& service, std::vector<SenderChoice>& choices,
                               const json::object& arguments, std::string value) {
  bool is_default = get_bool(arguments, "default").value_or(false);
  for (SenderChoice& choice : choices) {
    if (choice.value == value && !choice.archived) {
      return fail(ErrorKind::conflict, fmt::format("service '{}' has '{}' already", service.name, value));
    }
    if (is_default) choice.is_default = false;
  }
  SenderChoice made{Uuid::random(parts.random), std::move(value), is_default, false};
  choices.push_back(made);
  POSTROOM_CHECK(parts.database->services().update(service));
  return json::value(json::object{{"id", made.id.text()},
                                  {"service_id", service.id.text()},
                                  {"value", made.value},
                                  {"is_default", made.is_default}});
}

Result<json::value> archive_choice(Parts& parts, Service& service, std::vector<SenderChoice>& choices,
                                   const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "id"));
  for (SenderChoice& choice : choices) {
    if ((choice.id.text() != text && choice.value != text) || choice.archived) continue;
    if (choice.is_default) {
      return fail(ErrorKind::conflict,
                  fmt::format("'{}' is the default: add another with --default first", choice.value));
    }
    choice.archived = true;
    json::object out{{"id", choice.id.text()}, {"archived", true}};
    POSTROOM_CHECK(parts.database->services().update(service));
    return json::value(out);
  }
  return fail(
      ErrorKind::not_found,
      fmt::format("service '{}' has no '{}' in use: `postroom service show` lists them", service.name, text));
}

Result<json::value> add_sender(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(value, required(arguments, "value"));
  POSTROOM_CHECK(accounts::check_sms_sender(value));
  return add_choice(parts, service, service.sms_senders, arguments, value);
}

Result<json::value> archive_sender(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  return archive_choice(parts, service, service.sms_senders, arguments);
}

Result<json::value> add_reply_to(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(value, required(arguments, "value"));
  POSTROOM_CHECK(check_email(value));
  return add_choice(parts, service, service.reply_to_addresses, arguments, value);
}

Result<json::value> archive_reply_to(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  return archive_choice(parts, service, service.reply_to_addresses, arguments);
}

// A template in use, by id or name.
Result<notifications::Template> find_template(Parts& parts, const Service& service, const json::object& arguments) {
  POSTROOM_TRY(text, required(arguments, "template"));
  POSTROOM_TRY(all, parts.database->templates().list(service.id));
  for (notifications::Template& made : all) {
    if (made.id.text() == text || (made.name == text && !made.archived)) return std::move(made);
  }
  return fail(
      ErrorKind::not_found,
      fmt::format("service '{}' has no template '{}': `postroom template list` shows them", service.name, text));
}

Result<json::value> archive_template(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(made, find_template(parts, service, arguments));
  if (made.archived) {
    return fail(ErrorKind::conflict, fmt::format("template '{}' is archived already", made.name));
  }
  made.archived = true;
  ++made.version;
  made.updated_at = parts.clock.now();
  POSTROOM_CHECK(parts.database->templates().add_version(made));
  return json::value(notifications::to_json(made));
}

}  // namespace

void add_service_commands(Commands& commands) {
  commands.add("service update", update_service);
  commands.add("sender add", add_sender);
  commands.add("sender archive", archive_sender);
  commands.add("reply-to add", add_reply_to);
  commands.add("reply-to archive", archive_reply_to);
  commands.add("template archive", archive_template);
}

}  // namespace postroom::app
