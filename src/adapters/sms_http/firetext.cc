#include "adapters/sms_http/firetext.h"

#include <fmt/format.h>

#include "base/json.h"

namespace postroom::sms_http {
namespace {

constexpr std::int64_t kTaken = 0;
constexpr std::int64_t kBadNumber = 2;

}  // namespace

ports::SmsResult FiretextGateway::send(const ports::SmsMessage& message) {
  if (message.international && options_.international_api_key.empty()) {
    return not_taken(kFiretext, "texts abroad need firetext.international_api_key");
  }
  std::vector<std::pair<std::string_view, std::string>> fields{
      {"apiKey", message.international ? options_.international_api_key : options_.api_key},
      {"from", message.sender},
      {"to", message.to},
      {"message", message.text},
      {"reference", message.reference}};
  if (!options_.receipt_url.empty()) fields.emplace_back("receipt", options_.receipt_url);
  ports::HttpRequest request{.method = "POST",
                             .url = options_.url,
                             .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                             .body = form_body(fields)};
  auto done = exchange(kFiretext, client_, std::move(request), options_.timeout);
  if (!done.answer) return std::move(done.failure);
  auto document = parse_json(done.answer->body);
  auto code = document && document->is_object() ? get_int(document->get_object(), "code") : std::nullopt;
  if (!code) return in_doubt(kFiretext, "its answer is no JSON object with a code");
  if (*code == kTaken) return taken(kFiretext, "");
  const std::string what = fmt::format("code {}", *code);
  return *code == kBadNumber ? refused(kFiretext, what) : not_taken(kFiretext, what);
}

}  // namespace postroom::sms_http
