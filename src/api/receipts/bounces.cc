#include "api/receipts/answers.h"
#include "base/log.h"

namespace postroom::api::receiving {

// The body is an email as a mail server stores it; the query may name the address that it came to. What is no
// report about an email of ours is taken too: the mail server need not keep it.
http::Response bounce(ReceiptsApi& api, const http::Request& request) {
  if (auto closed = shut_out(api.doors.bounces, request)) return std::move(*closed);
  auto kept = api.email.take_bounce(request.body, request.query_value("recipient").value_or(""));
  if (kept) return success();
  if (kept.error().kind == ErrorKind::not_found) {
    log_info("bounce.ignored", {{"reason", kept.error().message}});
    return success();
  }
  return kept.error().kind == ErrorKind::invalid_input ? refusal(400, kept.error().message)
                                                       : unavailable(kept.error());
}

}  // namespace postroom::api::receiving
