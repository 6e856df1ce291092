// Letters in both forms: from a template, or as a ready PDF.
#include "api/v2/once.h"
#include "flows/send/send_letter.h"

namespace postroom::api::v2 {
namespace {

http::Response post_precompiled_letter(PublicApi& api, BegunSend begun, const http::Request& request) {
  auto asked = notifications::parse_precompiled_letter_request(std::move(begun.document), request.body);
  if (!asked) return error_response(asked.error());
  auto accepted = flows::send_precompiled_letter(api.send, begun.sender, std::move(*asked));
  if (!accepted) return refused(api, begun.sender, accepted.error());
  return json_answer(
      201, notifications::accepted_precompiled_letter_json(accepted->id, accepted->reference, accepted->postage));
}

}  // namespace

http::Response post_letter(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto begun = begin_send(api, caller, request, notifications::NotificationType::letter);
  if (!begun) return std::move(begun).error();
  if (notifications::is_precompiled_letter_request(begun->document)) {
    return post_precompiled_letter(api, std::move(*begun), request);
  }
  auto asked = notifications::parse_letter_request(std::move(begun->document), request.body);
  if (!asked) return error_response(asked.error());
  auto accepted = flows::send_letter(api.send, begun->sender, std::move(*asked));
  if (!accepted) return refused(api, begun->sender, accepted.error());
  return json_answer(201, notifications::accepted_letter_json(api.wire, accepted->message, accepted->content));
}

// The path looks like one of ours, so callers are asked who they are before they hear that it is none.
http::Response post_unknown_type(PublicApi&, const auth::Caller&, const http::Request&) {
  return not_found_response();
}

}  // namespace postroom::api::v2
