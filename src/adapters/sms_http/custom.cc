#include "adapters/sms_http/custom.h"

#include <fmt/format.h>

#include "base/json_path.h"
#include "base/text.h"

namespace postroom::sms_http {

Result<ports::HttpHeaders> parse_headers(std::string_view lines) {
  ports::HttpHeaders out;
  for (const std::string& line : split(lines, '\n')) {
    const std::string_view text = trim(line);
    if (text.empty()) continue;
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || trim(text.substr(0, colon)).empty()) {
      // The line may hold a secret: only its number is told.
      return fail(ErrorKind::invalid_input, fmt::format("header {} is not 'Name: value'", out.size() + 1));
    }
    out.emplace_back(trim(text.substr(0, colon)), trim(text.substr(colon + 1)));
  }
  return out;
}

ports::SmsResult CustomGateway::send(const ports::SmsMessage& message) {
  ports::HttpRequest request{.method = options_.method,
                             .url = options_.url.fill(message),
                             .headers = options_.headers,
                             .body = options_.body.fill(message)};
  auto done = exchange(kCustom, client_, std::move(request), options_.timeout, true);
  if (!done.answer) return std::move(done.failure);
  const ports::HttpResponse& answer = *done.answer;
  const bool is_2xx = answer.status < 300;
  if (options_.rejected.any_holds(answer))
    return refused(kCustom,
                   fmt::format("answered with HTTP status {}, which sms_http.rejected matches", answer.status));
  if (is_2xx && options_.success.all_hold(answer)) {
    if (options_.reference.empty()) return taken(kCustom, "");
    auto document = parse_json(answer.body);
    auto reference = document ? json_text_at(*document, options_.reference) : std::nullopt;
    auto receipt = taken(kCustom, std::move(reference).value_or(""));
    if (options_.receipts_name_theirs && !receipt->provider_reference.empty())
      receipt->part_names = {receipt->provider_reference};
    return receipt;
  }
  return not_taken(kCustom, is_2xx ? std::string("its answer does not match sms_http.success")
                                   : fmt::format("answered with HTTP status {}", answer.status));
}

}  // namespace postroom::sms_http
