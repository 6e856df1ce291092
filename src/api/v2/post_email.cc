#include "api/v2/once.h"
#include "flows/send/send_email.h"

namespace postroom::api::v2 {

http::Response post_email(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto begun = begin_send(api, caller, request, notifications::NotificationType::email);
  if (!begun) return std::move(begun).error();
  auto asked = notifications::parse_email_request(std::move(begun->document), request.body, api.send.clock.now());
  if (!asked) return error_response(asked.error());
  auto accepted = flows::send_email(api.send, begun->sender, std::move(*asked));
  if (!accepted) return refused(api, begun->sender, accepted.error());
  return json_answer(201, notifications::accepted_email_json(api.wire, accepted->message, accepted->content));
}

}  // namespace postroom::api::v2
