#include "api/v2/respond.h"
#include "flows/send/cancel_message.h"

namespace postroom::api::v2 {
namespace {

flows::Outcome<notifications::Notification> cancel(PublicApi& api, const auth::Caller& caller,
                                                   notifications::Notification message) {
  if (message.type == notifications::NotificationType::letter && api.letter_cancelling != nullptr)
    return api.letter_cancelling->cancel(*caller.service, sender_of(caller).key_type, std::move(message));
  return flows::cancel_message(api.send, sender_of(caller), std::move(message));
}

}  // namespace

http::Response post_cancel(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto found = notification_in_path(api, caller, request);
  if (!found) return std::move(found).error();
  auto cancelled = cancel(api, caller, std::move(*found));
  if (!cancelled) return error_response(cancelled.error());
  auto content = content_of(api, *cancelled);
  if (!content) return std::move(content).error();
  return json_answer(200, notifications::notification_json(api.wire, *cancelled, *content));
}

}  // namespace postroom::api::v2
