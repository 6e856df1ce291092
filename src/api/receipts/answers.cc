#include "api/receipts/answers.h"

#include "auth/twilio_signature.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

namespace postroom::api::receiving {
namespace {

http::Response answer(int status, const json::object& body) {
  return http::Response::json(status, write_json(body) + "\n");
}

// The media type without its parameters.
std::string_view media_type(const http::Request& request) {
  std::string_view type = request.header("Content-Type").value_or("");
  return trim(type.substr(0, type.find(';')));
}

}  // namespace

http::Response success() { return answer(200, {{"result", "success"}}); }

http::Response refusal(int status, std::string_view message) {
  return answer(status, {{"result", "error"}, {"message", message}});
}

http::Response refusal(const receipts::Faults& faults) {
  return answer(400, {{"result", "error"}, {"message", json::value_from(faults)}});
}

http::Response unavailable(const Error& error) {
  log_error("receipts.failed", {{"kind", to_string(error.kind)}, {"error", error.message}});
  return refusal(503, "Not taken, send it again in a few seconds").add("Retry-After", "1");
}

std::optional<http::Response> shut_out(const Door& door, const http::Request& request) {
  if (door.credentials.empty() && door.is_open_without) return std::nullopt;
  using Verdict = auth::BasicCredentials::Verdict;
  switch (door.credentials.check(request.header("Authorization"))) {
    case Verdict::right: return std::nullopt;
    case Verdict::missing:
      return refusal(401, "Send the user and password of this address").add("WWW-Authenticate", "Bearer");
    case Verdict::wrong: break;
  }
  return refusal(403, "User or password is not the one of this address");
}

std::optional<http::Response> shut_out(const TwilioDoor& door, std::string_view url, const http::Request& request) {
  if (door.token.empty() && door.is_open_without) return std::nullopt;
  auto signature = request.header("X-Twilio-Signature");
  if (!signature) return refusal(401, "Send the signature of this request");
  const auto mark = request.target.find('?');
  std::string called(url);
  if (mark != std::string::npos) called += request.target.substr(mark);
  if (!url.empty() && auth::is_twilio_signature(*signature, door.token, called, form_of(request)))
    return std::nullopt;
  return refusal(403, "The signature is not that of this request");
}

receipts::Form form_of(const http::Request& request) {
  if (!equals_ignoring_case(media_type(request), "application/x-www-form-urlencoded")) return {};
  return http::parse_query(request.body);
}

bool may_be_json(const http::Request& request) {
  const std::string type = to_lower(media_type(request));
  return type.empty() || type == "application/json" ||
         (type.starts_with("application/") && type.ends_with("+json"));
}

}  // namespace postroom::api::receiving

namespace postroom::api {

void add_receipts_api(http::Router& router, ReceiptsApi& api) {
  using Receive = http::Response (*)(ReceiptsApi&, const http::Request&);
  auto add = [&](std::string_view path, Receive receive) {
    router.add("POST", path, [&api, receive](const http::Request& request) { return receive(api, request); });
  };
  add("/notifications/sms/mmg", receiving::mmg_receipt);
  add("/notifications/sms/firetext", receiving::firetext_receipt);
  add("/notifications/sms/twilio", receiving::twilio_receipt);
  add("/notifications/sms/http", receiving::http_receipt);
  add("/notifications/sms/receive/mmg", receiving::mmg_text);
  add("/notifications/sms/receive/firetext", receiving::firetext_text);
  add("/notifications/sms/receive/twilio", receiving::twilio_text);
  add("/notifications/email/ses", receiving::ses_report);
  add("/notifications/email/bounce", receiving::bounce);
  add("/notifications/letter/status", receiving::letter_status);
}

std::string letter_token(const ValueSigner& signer, NotificationId letter) {
  return signer.sign(json::value(letter.text()));
}

}  // namespace postroom::api
