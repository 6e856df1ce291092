#include "flows/send/send_email.h"

#include "core/content/template_validation.h"
#include "core/content/value_sanitiser.h"
#include "flows/send/acceptance.h"
#include "flows/send/checks.h"

namespace postroom::flows {
namespace {

using notifications::EmailRequest;
using notifications::FileRequest;
using notifications::NotificationType;

// Values that strangers can write lose links and Markdown before anything looks at them.
Outcome<std::vector<notifications::SanitisedValue>> sanitise(EmailRequest& request) {
  std::vector<notifications::SanitisedValue> changed;
  if (request.sanitise_content_for.empty()) return changed;
  std::vector<std::string> keys;
  for (const std::string& name : request.sanitise_content_for) keys.push_back(content::personalisation_key(name));
  for (const auto& member : request.personalisation) {
    bool is_named = std::find(keys.begin(), keys.end(), content::personalisation_key(member.key())) != keys.end();
    if (is_named && !member.value().is_string() && !member.value().is_null()) {
      return refuse(RefusalKind::validation,
                    std::string(member.key()) + " must be a string, since sanitise_content_for names it");
    }
  }
  for (auto& value : content::sanitise_content_for(request.personalisation, request.sanitise_content_for)) {
    changed.push_back({.key = std::move(value.name),
                       .unsanitised = std::move(value.unsanitised),
                       .sanitised = std::move(value.sanitised)});
  }
  return changed;
}

Outcome<std::string> choose_reply_to(const accounts::Service& service, const std::optional<Uuid>& chosen) {
  if (!chosen) return default_reply_to(service);
  return choose_sender(service.reply_to_addresses, *chosen, "email_reply_to_id", service.id);
}

struct NamedFile {
  std::string key;
  FileRequest file;
};

Outcome<std::vector<NamedFile>> read_files(const json::object& personalisation) {
  std::vector<NamedFile> files;
  notifications::FieldErrors errors;
  for (const auto& member : personalisation) {
    if (!notifications::is_file(member.value())) continue;
    auto file = notifications::parse_file(member.value().get_object());
    if (file)
      files.push_back({.key = std::string(member.key()), .file = std::move(*file)});
    else
      for (std::string& message : file.error()) errors.push_back(std::move(message));
  }
  if (!errors.empty()) return refuse_fields(std::move(errors));
  return files;
}

// Replaces files by links to their download pages. Gives how many there were.
Outcome<int> upload_files(SendContext& context, const Sender& sender, EmailRequest& request,
                          const notifications::Notification& n, bool is_simulated) {
  POSTROOM_ALLOW(files, read_files(request.personalisation));
  if (files.empty()) return 0;
  if (sender.service.contact_link.empty()) {
    return refuse(RefusalKind::bad_request,
                  "Files cannot be sent before the service has contact details for download pages, add them at " +
                      context.options.admin_url + "/services/" + sender.service.id.text() + "/settings");
  }
  if (context.documents == nullptr) {
    return refuse(RefusalKind::bad_request, "Files cannot be sent by email: this installation does not keep files");
  }
  for (const NamedFile& named : files) {
    if (is_simulated) {
      request.personalisation[named.key] = context.documents->test_link(sender.service.id);
      continue;
    }
    auto link = context.documents->upload({.service = sender.service,
                                           .notification = n.id,
                                           .file = named.file,
                                           .recipient = request.address.normalised(),
                                           .sent_at = request.scheduled_for.value_or(n.created_at)});
    if (!link) {
      // Several files may be sent: say which one.
      Refusal refusal = std::move(link).error();
      if (refusal.kind == RefusalKind::bad_request) refusal.messages.front().insert(0, named.key + ": ");
      return tl::unexpected<Refusal>(std::move(refusal));
    }
    request.personalisation[named.key] = *link;
  }
  return static_cast<int>(files.size());
}

}  // namespace

std::string sender_address(const accounts::Service& service, const SendOptions& options) {
  const std::string& local_part = service.email_local_part;
  return (local_part.empty() ? accounts::make_email_local_part(service.name) : local_part) + '@' +
         options.mail_domain;
}

std::string default_reply_to(const accounts::Service& service) {
  for (const accounts::SenderChoice& choice : service.reply_to_addresses) {
    if (choice.is_default && !choice.archived) return choice.value;
  }
  return {};
}

Outcome<AcceptedEmail> send_email(SendContext& context, const Sender& sender, EmailRequest request) {
  POSTROOM_PERMIT(check_channel(sender.service, NotificationType::email));
  POSTROOM_ALLOW(sanitised, sanitise(request));
  POSTROOM_ALLOW(text, find_template(context, sender.service.id, request.template_id, NotificationType::email));
  auto values = content::Personalisation::from_json(request.personalisation);
  POSTROOM_PERMIT(check_values(*text, values));
  if (text->email->is_empty(values)) return refuse_empty_message();
  POSTROOM_ALLOW(reply_to, choose_reply_to(sender.service, request.email_reply_to_id));
  POSTROOM_PERMIT(check_recipient_allowed(sender, request.address.text()));
  const bool is_simulated = context.options.simulated.contains(request.address.normalised());
  notifications::Notification n = new_notification(context, sender, text->record, request.reference);
  POSTROOM_ALLOW(file_count, upload_files(context, sender, request, n, is_simulated));
  if (file_count > 0) values = content::Personalisation::from_json(request.personalisation);
  std::string body = text->email->api_body(values);
  if (body.size() > content::kEmailBytesMax) {
    return refuse(RefusalKind::bad_request, "The message has " + std::to_string(body.size()) +
                                                " bytes, shorten it to at most " +
                                                std::to_string(content::kEmailBytesMax));
  }

  n.to = request.address.text();
  n.normalised_to = request.address.normalised();
  n.personalisation = write_json(request.personalisation);
  n.reply_to = std::move(reply_to);
  n.unsubscribe_url = request.one_click_unsubscribe_url.value_or("");
  n.scheduled_for = request.scheduled_for;
  n.document_count = file_count;
  AcceptedEmail accepted{.message = accepted_from(n),
                         .content = {.from_email = sender_address(sender.service, context.options),
                                     .subject = text->email->render_subject(values),
                                     .body = std::move(body),
                                     .one_click_unsubscribe_url = std::move(request.one_click_unsubscribe_url),
                                     .sanitised = std::move(sanitised)}};
  auto answer = [&](const notifications::WireContext& wire) {
    return notifications::accepted_email_json(wire, accepted.message, accepted.content);
  };
  if (is_simulated) {
    POSTROOM_PERMIT(keep_answer(context, sender, answer));
    return accepted;
  }
  POSTROOM_PERMIT(store(context, sender, n, answer));
  return accepted;
}

}  // namespace postroom::flows
