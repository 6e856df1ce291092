// Services, keys and templates.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/parts.h"
#include "base/text.h"
#include "core/content/template_validation.h"
#include "core/notifications/template.h"

namespace postroom::app {
namespace {

using accounts::ApiKey;
using accounts::Permission;
using accounts::Service;
using notifications::NotificationType;
using notifications::Template;

constexpr std::size_t kNameCharactersMax = 255;

Result<std::string> name_of(const json::object& arguments) {
  POSTROOM_TRY(name, required(arguments, "name"));
  name = std::string(trim(name));
  if (name.empty()) return fail(ErrorKind::invalid_input, "name must not be blank");
  if (name.size() > kNameCharactersMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("name has {} bytes, at most {}", name.size(), kNameCharactersMax));
  }
  if (!is_valid_utf8(name)) return fail(ErrorKind::invalid_input, "name must be UTF-8 text");
  return name;
}

Result<json::value> create_service(Parts& parts, const json::object& arguments) {
  Service service;
  POSTROOM_TRY(name, name_of(arguments));
  if (auto fault = content::check_display_name("name", name)) {
    return fail(ErrorKind::invalid_input, fault->message);
  }
  POSTROOM_TRY(permissions, permissions_of(arguments));
  service.id = ServiceId{Uuid::random(parts.random)};
  service.name = name;
  service.permissions = permissions;
  service.trial = get_bool(arguments, "trial").value_or(false);
  if (service.trial) service.daily_limits = accounts::kTrialDailyLimits;
  service.email_local_part = accounts::make_email_local_part(name);
  service.created_at = parts.clock.now();
  std::string sender = get_string(arguments, "sms_sender").value_or("POSTROOM");
  service.sms_senders.push_back({Uuid::random(parts.random), sender, true, false});
  service.contact_link = get_string(arguments, "contact_link").value_or("");
  service.contact_block = get_string(arguments, "contact_block").value_or("");
  POSTROOM_CHECK(set_print_organisation(service, arguments));
  POSTROOM_CHECK(parts.database->services().create(service));
  return json::value(accounts::to_json(service));
}

Result<json::value> list_services(Parts& parts, const json::object&) {
  POSTROOM_TRY(services, parts.database->services().list());
  json::array out;
  for (const Service& service : services) out.push_back(accounts::to_json(service));
  return json::value(out);
}

Result<json::value> show_service(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  return json::value(accounts::to_json(service));
}

json::object describe(const ApiKey& key) {
  json::object out{{"id", key.id.text()},
                   {"service_id", key.service_id.text()},
                   {"name", key.name},
                   {"type", accounts::to_string(key.type)},
                   {"created_at", format_rfc3339(key.created_at)}};
  out["revoked_at"] = key.revoked_at ? json::value(format_rfc3339(*key.revoked_at)) : json::value(nullptr);
  return out;
}

Result<json::value> create_key(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(name, name_of(arguments));
  std::string type_text = get_string(arguments, "type").value_or("");
  auto type = accounts::parse_key_type(type_text);
  if (!type)
    return fail(ErrorKind::invalid_input, fmt::format("type is '{}', but must be normal, team or test", type_text));
  if (service.trial && *type == accounts::KeyType::normal) {
    return fail(
        ErrorKind::forbidden,
        fmt::format("service '{}' is in trial: make a team or test key, or end its trial first", service.name));
  }
  ApiKey key{.id = ApiKeyId{Uuid::random(parts.random)},
             .service_id = service.id,
             .name = name,
             .type = *type,
             .secret = Uuid::random(parts.random).text(),
             .created_at = parts.clock.now()};
  POSTROOM_CHECK(parts.database->services().create_key(key));
  json::object out = describe(key);
  out["api_key"] = accounts::client_string(key);
  return json::value(out);
}

Result<json::value> list_keys(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(keys, parts.database->services().keys(service.id));
  json::array out;
  for (const ApiKey& key : keys) out.push_back(describe(key));
  return json::value(out);
}

Result<json::value> revoke_key(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(text, required(arguments, "key"));
  POSTROOM_TRY(keys, parts.database->services().keys(service.id));
  for (const ApiKey& key : keys) {
    if (key.id.text() != text && (key.name != text || key.revoked_at)) continue;
    POSTROOM_CHECK(parts.database->services().revoke_key(service.id, key.id, parts.clock.now()));
    return json::value(json::object{{"id", key.id.text()}, {"revoked", true}});
  }
  return fail(ErrorKind::not_found, fmt::format("service '{}' has no key '{}' that is in use: `postroom key list` "
                                                "shows them",
                                                service.name, text));
}

content::TemplateChannel channel_of(NotificationType type) {
  if (type == NotificationType::sms) return content::TemplateChannel::sms;
  return type == NotificationType::email ? content::TemplateChannel::email : content::TemplateChannel::letter;
}

// All faults at once, each with its place, so that one edit can mend them.
Result<void> check_texts(const Template& made) {
  content::TemplateDraft draft{.channel = channel_of(made.type),
                               .name = made.name,
                               .subject = made.subject,
                               .content = made.content,
                               .contact_block = made.contact_block};
  std::vector<std::string> faults;
  auto add = [&](const std::vector<content::TemplateFault>& found) {
    for (const content::TemplateFault& fault : found) faults.push_back(describe(fault));
  };
  add(content::check_template(draft));
  if (faults.empty() || is_valid_utf8(made.content)) add(content::check_template_form(draft));
  if (faults.empty()) return {};
  return fail(ErrorKind::invalid_input, join(faults, "\n"));
}

Result<Template> template_from_arguments(Parts& parts, const json::object& arguments, const Service& service) {
  Template made;
  POSTROOM_TRY(name, name_of(arguments));
  std::string type_text = get_string(arguments, "type").value_or("");
  auto type = notifications::parse_notification_type(type_text);
  if (!type)
    return fail(ErrorKind::invalid_input, fmt::format("type is '{}', but must be email, sms or letter", type_text));
  made.id = TemplateId{Uuid::random(parts.random)};
  made.service_id = service.id;
  made.type = *type;
  made.name = name;
  made.subject = get_string(arguments, "subject").value_or("");
  made.content = get_string(arguments, "content").value_or("");
  made.contact_block = get_string(arguments, "contact_block")
                           .value_or(*type == NotificationType::letter ? service.contact_block : "");
  made.created_by = get_string(arguments, "created_by").value_or("operator@" + parts.settings.text("email.domain"));
  made.created_at = parts.clock.now();
  if (*type == NotificationType::letter) {
    std::string postage = get_string(arguments, "postage").value_or("second");
    made.postage = notifications::parse_postage(postage);
    if (!made.postage || *made.postage > notifications::Postage::economy) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("postage is '{}', but must be first, second or economy", postage));
    }
  }
  made.has_unsubscribe_link = get_bool(arguments, "unsubscribe_link").value_or(false);
  if (made.has_unsubscribe_link && *type != NotificationType::email) {
    return fail(ErrorKind::invalid_input,
                fmt::format("only emails can have an unsubscribe link, not a template of type {}", type_text));
  }
  POSTROOM_CHECK(check_texts(made));
  return made;
}

Result<json::value> create_template(Parts& parts, const json::object& arguments) {
  POSTROOM_TRY(service, find_service(parts, arguments));
  POSTROOM_TRY(made, template_from_arguments(parts, arguments, service));
  POSTROOM_CHECK(parts.database->templates().add_version(made));
  return json::value(notifications::to_json(made));
}

Result<json::value> list_templates(Parts& parts, const json::object& arguments) {
  json::array out;
  std::vector<Service> services;
  if (arguments.contains("service")) {
    POSTROOM_TRY(service, find_service(parts, arguments));
    services.push_back(service);
  } else {
    POSTROOM_TRY(all, parts.database->services().list());
    services = std::move(all);
  }
  for (const Service& service : services) {
    POSTROOM_TRY(templates, parts.database->templates().list(service.id));
    for (const Template& made : templates) {
      json::object row = notifications::to_json(made);
      row["service"] = service.name;
      out.push_back(std::move(row));
    }
  }
  return json::value(out);
}

}  // namespace

Result<void> set_print_organisation(Service& service, const json::object& arguments) {
  auto text = get_string(arguments, "print_organisation");
  if (!text) return {};
  if (!accounts::is_print_organisation(*text)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("print organisation is '{}', but must be three digits such as 500", *text));
  }
  service.print_organisation = std::move(*text);
  return {};
}

Result<accounts::Permissions> permissions_of(const json::object& arguments) {
  std::vector<std::string> names = get_strings(arguments, "permissions");
  if (names.empty()) names = {"email", "sms", "letter", "letters_as_pdf"};
  accounts::Permissions out;
  for (const std::string& name : names) {
    auto permission = accounts::parse_permission(name);
    if (!permission) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("there is no permission '{}': use {}", name, accounts::all_permissions()));
    }
    out.insert(*permission);
  }
  // The switch for print records is the exception: letters travel as PDFs unless it is left out on purpose.
  if (out.contains(Permission::letter) && !get_bool(arguments, "print_records").value_or(false)) {
    out.insert(Permission::letters_as_pdf);
  }
  return out;
}

void add_account_commands(Commands& commands) {
  commands.add("service create", create_service);
  commands.add("service list", list_services);
  commands.add("service show", show_service);
  commands.add("key create", create_key);
  commands.add("key list", list_keys);
  commands.add("key revoke", revoke_key);
  commands.add("template create", create_template);
  commands.add("template list", list_templates);
}

}  // namespace postroom::app
