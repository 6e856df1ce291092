#include "api/v2/respond.h"

namespace postroom::api::v2 {

// Services have no numbers to receive texts on, so every page is empty.
http::Response get_received_texts(PublicApi& api, const auth::Caller&, const http::Request& request) {
  auto asked = notifications::parse_received_texts_request(request.query);
  if (!asked) return error_response(asked.error());
  return json_answer(200, notifications::no_received_texts_json(api.wire));
}

}  // namespace postroom::api::v2
