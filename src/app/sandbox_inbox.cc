#include "app/sandbox_inbox.h"

#include <unordered_map>

#include "app/flow_parts.h"

namespace postroom::app {
namespace {

web::InboxMessage inbox_message(const fakes::SandboxMessage& m) {
  return {.id = m.id,
          .notification_id = m.notification_id,
          .type = m.type,
          .to = m.to,
          .subject = m.subject,
          .body = m.body,
          .html = m.html,
          .provider = m.provider,
          .time = m.time,
          .status = "",
          .file_names = m.file_names,
          .page_count = m.page_count,
          .zip_name = m.zip_name};
}

}  // namespace

std::vector<web::InboxMessage> SandboxInbox::newest(std::string_view type, std::size_t limit) {
  std::vector<web::InboxMessage> out;
  std::vector<NotificationId> ids;
  auto messages = parts_.outbox->messages({.type = std::string(type), .limit = limit});
  for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
    out.push_back(inbox_message(*message));
    if (auto id = NotificationId::parse(message->notification_id)) ids.push_back(*id);
  }
  // States that cannot be read are left blank: the page is for looking, not for deciding.
  auto found = parts_.database->notifications().find_all(ids);
  if (!found) return out;
  std::unordered_map<std::string, std::string> states;
  for (const auto& notification : *found) states[notification.id.text()] = to_string(notification.status);
  for (web::InboxMessage& message : out) message.status = states[message.notification_id];
  return out;
}

std::optional<web::InboxMessage> SandboxInbox::find(std::string_view id) {
  auto found = parts_.outbox->find(id);
  if (!found) return std::nullopt;
  web::InboxMessage message = inbox_message(*found);
  if (auto notification_id = NotificationId::parse(message.notification_id)) {
    auto notification = parts_.database->notifications().find(*notification_id);
    if (notification) message.status = to_string(notification->status);
  }
  return message;
}

Result<std::string> SandboxInbox::letter_pdf(const web::InboxMessage& message) {
  auto id = NotificationId::parse(message.notification_id);
  if (!id || message.type != "letter") return fail(ErrorKind::not_found, "this message has no PDF");
  POSTROOM_TRY(letter, parts_.database->notifications().find(*id));
  return flows::LetterFiles(*parts_.blobs, *parts_.flows->calendar).read(letter);
}

}  // namespace postroom::app
