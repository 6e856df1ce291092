#include "adapters/sms_http/twilio.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"

namespace postroom::sms_http {
namespace {

// Numbers with a plus, short codes and names as they are.
std::string sender_of(std::string_view sender) {
  std::string number = international_form(sender);
  const bool is_long_number =
      number.size() > 6 && std::all_of(number.begin(), number.end(), [](char c) { return is_ascii_digit(c); });
  return is_long_number ? "+" + number : number;
}

}  // namespace

ports::SmsResult TwilioGateway::send(const ports::SmsMessage& message) {
  std::vector<std::pair<std::string_view, std::string>> fields{{"To", "+" + message.to}};
  if (options_.messaging_service_sid.empty())
    fields.emplace_back("From", sender_of(message.sender));
  else
    fields.emplace_back("MessagingServiceSid", options_.messaging_service_sid);
  fields.emplace_back("Body", message.text);
  if (!options_.receipt_url.empty()) {
    fields.emplace_back("StatusCallback", options_.receipt_url + "?reference=" + percent_encode(message.reference));
  }
  ports::HttpRequest request{
      .method = "POST",
      .url = fmt::format("{}/2010-04-01/Accounts/{}/Messages.json", options_.base_url,
                         percent_encode(options_.account_sid)),
      .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                  {"Authorization", "Basic " + to_base64(options_.account_sid + ":" + options_.auth_token)}},
      .body = form_body(fields)};
  auto done = exchange(kTwilio, client_, std::move(request), options_.timeout, true);
  if (!done.answer) return std::move(done.failure);
  auto document = parse_json(done.answer->body);
  const json::object* answer = document ? document->if_object() : nullptr;
  if (done.answer->status >= 300) {
    auto code = answer != nullptr ? get_int(*answer, "code") : std::nullopt;
    return refused(kTwilio, code ? fmt::format("code {}", *code)
                                 : fmt::format("answered with HTTP status {}", done.answer->status));
  }
  if (answer == nullptr) return in_doubt(kTwilio, "its answer is no JSON object");
  return taken(kTwilio, get_string(*answer, "sid").value_or(""));
}

}  // namespace postroom::sms_http
