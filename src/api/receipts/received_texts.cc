#include "api/receipts/answers.h"

namespace postroom::api::receiving {
namespace {

http::Response ok() { return http::Response::json(200, "{\"status\":\"ok\"}\n"); }

}  // namespace

http::Response mmg_text(ReceiptsApi& api, const http::Request& request) {
  // In this order: MMG's tests send bodies without credentials and expect to hear of the body.
  auto document = may_be_json(request) ? parse_json(request.body)
                                       : fail(ErrorKind::invalid_input, "the Content-Type is not that of JSON");
  if (!document) return refusal(400, "MMG: the body is not JSON with a Content-Type that says so");
  if (auto closed = shut_out(api.doors.mmg_texts, request)) return std::move(*closed);
  auto message = receipts::read_mmg_message(*document);
  if (!message) return refusal(message.error());
  auto outcome = api.inbound.receive(*message);
  if (!outcome) return unavailable(outcome.error());
  if (*outcome == flows::InboundOutcome::not_ours) return http::Response::text(200, "RECEIVED");
  return ok();
}

http::Response firetext_text(ReceiptsApi& api, const http::Request& request) {
  if (auto closed = shut_out(api.doors.firetext_texts, request)) return std::move(*closed);
  auto message = receipts::read_firetext_message(form_of(request));
  if (!message) return refusal(message.error());
  auto outcome = api.inbound.receive(*message);
  if (!outcome) return unavailable(outcome.error());
  return ok();
}

http::Response twilio_text(ReceiptsApi& api, const http::Request& request) {
  if (auto closed = shut_out(api.doors.twilio, api.doors.twilio.text_url, request)) return std::move(*closed);
  auto message = receipts::read_twilio_message(form_of(request));
  if (!message) return refusal(message.error());
  auto outcome = api.inbound.receive(*message);
  if (!outcome) return unavailable(outcome.error());
  // Nothing is to be said to the sender.
  http::Response answer = http::Response::text(200, "<Response/>");
  answer.content_type = "text/xml";
  return answer;
}

}  // namespace postroom::api::receiving
