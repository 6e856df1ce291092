#include "adapters/sms_http/mmg.h"

#include <fmt/format.h>

#include "base/json.h"

namespace postroom::sms_http {
namespace {

// A number or a text; nothing when it is neither.
std::string plain(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return {};
  if (value->is_string()) return std::string(value->get_string());
  if (value->is_int64() || value->is_uint64()) return write_json(*value);
  return {};
}

}  // namespace

ports::SmsResult MmgGateway::send(const ports::SmsMessage& message) {
  json::object body{{"reqType", "BULK"},        {"MSISDN", message.to},     {"msg", message.text},
                    {"sender", message.sender}, {"cid", message.reference}, {"multi", true}};
  if (!options_.receipt_url.empty()) body["delurl"] = options_.receipt_url;
  ports::HttpRequest request{
      .method = "POST",
      .url = options_.url,
      .headers = {{"Content-Type", "application/json"}, {"Authorization", "Basic " + options_.api_key}},
      .body = write_json(body)};
  auto done = exchange(kMmg, client_, std::move(request), options_.timeout, true);
  if (!done.answer) return std::move(done.failure);
  const bool is_success = done.answer->status < 300;
  auto document = parse_json(done.answer->body);
  if (!document || !document->is_object()) {
    if (!is_success) return not_taken(kMmg, fmt::format("answered with HTTP status {}", done.answer->status));
    return in_doubt(kMmg, "its answer is no JSON object");
  }
  const json::object& answer = document->get_object();
  if (const std::string error = plain(answer, "Error"); !error.empty() || !is_success) {
    return not_taken(kMmg, fmt::format("HTTP status {}, error {}", done.answer->status, shown(error)));
  }
  return taken(kMmg, plain(answer, "Reference"));
}

}  // namespace postroom::sms_http
