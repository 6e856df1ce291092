#include "flows/send/checks.h"

#include "base/text.h"
#include "core/notifications/requests.h"

namespace postroom::flows {
namespace {

using notifications::NotificationType;

std::string_view plural_name(NotificationType type) {
  switch (type) {
    case NotificationType::email: return "emails";
    case NotificationType::sms: return "text messages";
    case NotificationType::letter: return "letters";
  }
  return "";
}

accounts::Permission permission_for(NotificationType type) {
  switch (type) {
    case NotificationType::email: return accounts::Permission::email;
    case NotificationType::sms: return accounts::Permission::sms;
    case NotificationType::letter: return accounts::Permission::letter;
  }
  return accounts::Permission::email;
}

recipients::SendingKey sending_key(accounts::KeyType type) {
  switch (type) {
    case accounts::KeyType::normal: return recipients::SendingKey::normal;
    case accounts::KeyType::team: return recipients::SendingKey::team;
    case accounts::KeyType::test: return recipients::SendingKey::test;
  }
  return recipients::SendingKey::normal;
}

}  // namespace

bool has_restricted_recipients(const Sender& sender) {
  return recipients::is_restricted(sending_key(sender.key_type), sender.service.trial);
}

recipients::AllowedRecipients allowed_recipients(const accounts::Service& service) {
  recipients::AllowedRecipients allowed(service.guest_list);
  for (const accounts::TeamMember& member : service.team) {
    if (!member.email_address.empty()) allowed.add(member.email_address);
    if (!member.phone_number.empty()) allowed.add(member.phone_number);
  }
  return allowed;
}

Outcome<void> check_channel(const accounts::Service& service, NotificationType type) {
  if (service.has(permission_for(type))) return {};
  return refuse(RefusalKind::bad_request, "This service is not allowed to send " + std::string(plural_name(type)) +
                                              ", switch them on in its settings");
}

Outcome<LoadedTemplatePtr> find_template(SendContext& context, ServiceId service, TemplateId id,
                                         NotificationType type) {
  auto found = context.templates.find(service, id);
  if (!found && found.error().kind != ErrorKind::not_found) return refuse_for(found.error(), "template");
  if (!found || (*found)->record.hidden) {
    return refuse(RefusalKind::bad_request, "Template not found: this service has none with the given template_id");
  }
  const notifications::Template& record = (*found)->record;
  if (record.type != type) {
    return refuse(RefusalKind::bad_request, "A template of type " + std::string(to_string(record.type)) +
                                                " cannot be used to send type " + std::string(to_string(type)));
  }
  if (record.archived) {
    return refuse(RefusalKind::bad_request, "The template " + id.text() + " has been deleted, use another");
  }
  return *found;
}

Outcome<void> check_values(const LoadedTemplate& text, const content::Personalisation& values) {
  if (text.placeholders.empty()) return {};
  auto missing = content::missing_names(text.placeholders, values);
  if (missing.empty()) return {};
  return refuse(RefusalKind::bad_request, "Missing personalisation: " + join(missing, ", "));
}

tl::unexpected<Refusal> refuse_empty_message() {
  return refuse(RefusalKind::bad_request, "The message is empty once its placeholders are filled in");
}

Outcome<void> refuse_files(const json::object& personalisation) {
  for (const auto& member : personalisation) {
    if (notifications::is_file(member.value())) {
      return refuse(RefusalKind::bad_request,
                    "Files can only be sent by email, not in " + std::string(member.key()));
    }
  }
  return {};
}

Outcome<void> check_letters_allowed(const Sender& sender) {
  if (sender.key_type == accounts::KeyType::team) {
    return refuse(RefusalKind::forbidden, "Letters cannot be sent with a team key, use a live or a test key");
  }
  if (sender.service.trial && sender.key_type != accounts::KeyType::test) {
    return refuse(RefusalKind::forbidden,
                  "Letters cannot be sent while the service is in trial mode, use a test key or ask to go live");
  }
  return {};
}

Outcome<void> check_recipient_allowed(const Sender& sender, std::string_view recipient) {
  if (!has_restricted_recipients(sender)) return {};
  if (allowed_recipients(sender.service).contains(recipient)) return {};
  if (sender.key_type == accounts::KeyType::team) {
    return refuse(RefusalKind::bad_request,
                  "A team-only key reaches members of the team and its guest list only, not this recipient");
  }
  return refuse(
      RefusalKind::bad_request,
      "The service is in trial mode: it reaches members of its team and its guest list only, not this recipient");
}

Outcome<std::string> choose_sender(const std::vector<accounts::SenderChoice>& choices, Uuid id,
                                   std::string_view what, ServiceId service) {
  for (const accounts::SenderChoice& choice : choices) {
    if (choice.id == id && !choice.archived) return choice.value;
  }
  return refuse(RefusalKind::bad_request,
                std::string(what) + " " + id.text() + " does not exist in the service " + service.text());
}

}  // namespace postroom::flows
