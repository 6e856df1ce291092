#include "api/v2/respond.h"

namespace postroom::api::v2 {

using notifications::NotificationType;

Or<notifications::Notification> notification_in_path(PublicApi& api, const auth::Caller& caller,
                                                     const http::Request& request) {
  auto id = NotificationId::parse_lenient(request.path_parameter("notification_id"));
  if (!id) return tl::unexpected(error_response(400, "ValidationError", "notification_id is not a valid UUID"));
  auto found = api.send.notifications.find(*id);
  if (!found && found.error().kind != ErrorKind::not_found) return tl::unexpected(error_response(found.error()));
  if (!found || found->service_id != caller.service->id) return tl::unexpected(no_result_response());
  return std::move(*found);
}

Or<flows::LoadedTemplatePtr> template_for_reading(PublicApi& api, const auth::Caller& caller, TemplateId id,
                                                  std::optional<int> version) {
  auto found = api.send.templates.find(caller.service->id, id, version);
  if (!found && found.error().kind != ErrorKind::not_found) return tl::unexpected(error_response(found.error()));
  if (!found || (*found)->record.hidden) return tl::unexpected(no_result_response());
  return std::move(*found);
}

Or<notifications::RenderedContent> content_of(PublicApi& api, const notifications::Notification& n) {
  auto found = api.send.templates.find(n.service_id, n.template_id, n.template_version);
  if (!found) return tl::unexpected(error_response(found.error()));
  auto document =
      parse_json(n.personalisation.empty() ? std::string_view("{}") : std::string_view(n.personalisation));
  if (!document || !document->is_object()) {
    return tl::unexpected(error_response(
        Error{ErrorKind::corrupt, "the personalisation of notification " + n.id.text() + " does not read back"}));
  }
  auto values = content::Personalisation::from_json(document->get_object());
  const flows::LoadedTemplate& text = **found;
  switch (n.type) {
    case NotificationType::sms:
      if (text.sms) return notifications::RenderedContent{std::nullopt, text.sms->render(values).text};
      break;
    case NotificationType::email:
      if (text.email) {
        notifications::RenderedContent content{text.email->render_subject(values), text.email->api_body(values)};
        if (text.record.has_unsubscribe_link && api.unsubscribe_links != nullptr) {
          content.unsubscribe_url = api.unsubscribe_links->one_click_url(n);
        }
        return content;
      }
      break;
    case NotificationType::letter:
      if (text.letter)
        return notifications::RenderedContent{text.letter->api_subject(values), text.letter->api_body(values)};
      break;
  }
  return tl::unexpected(error_response(
      Error{ErrorKind::corrupt, "notification " + n.id.text() + " has a template of another channel"}));
}

std::vector<std::string> placeholder_names(const flows::LoadedTemplate& text) {
  std::vector<std::string> names;
  for (const content::Placeholder& placeholder : text.placeholders) names.push_back(placeholder.name);
  return names;
}

}  // namespace postroom::api::v2
