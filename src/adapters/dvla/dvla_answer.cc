#include "adapters/dvla/dvla_answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"

namespace postroom::dvla {
namespace {

std::string detail_in(const json::value& list) {
  const json::array* errors = list.if_array();
  if (errors == nullptr || errors->empty() || !errors->front().is_object()) return {};
  return get_string(errors->front().get_object(), "detail").value_or("");
}

// One line, and short: it goes into logs and events.
std::string tidy(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  if (text.size() <= kReasonBytesMax) return text;
  std::size_t cut = kReasonBytesMax;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return text.substr(0, cut) + "…";
}

}  // namespace

std::string reason_of(const ports::HttpResponse& response) {
  auto parsed = parse_json(response.body);
  if (!parsed) return {};
  if (const json::object* object = parsed->if_object()) {
    const json::value* errors = object->if_contains("errors");
    return errors == nullptr ? std::string() : tidy(detail_in(*errors));
  }
  return tidy(detail_in(*parsed));
}

std::string describe(const ports::HttpResponse& response) {
  std::string reason = reason_of(response);
  return reason.empty() ? fmt::format("the print house answered {}", response.status)
                        : fmt::format("the print house answered {}: {}", response.status, reason);
}

std::optional<Duration> retry_after_of(const ports::HttpResponse& response) {
  auto text = response.header("Retry-After");
  auto seconds = text ? parse_int<std::int64_t>(trim(*text)) : std::nullopt;
  if (!seconds || *seconds < 0) return std::nullopt;
  if (*seconds >= std::chrono::duration_cast<std::chrono::seconds>(kRetryAfterMax).count()) return kRetryAfterMax;
  return Duration{std::chrono::seconds{*seconds}};
}

std::optional<UtcTime> expiry_of(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  auto claims = from_base64url(token.substr(first + 1, second - first - 1));
  auto parsed = claims ? parse_json(*claims) : Result<json::value>{fail(ErrorKind::invalid_input, "")};
  if (!parsed || !parsed->is_object()) return std::nullopt;
  auto seconds = get_int(parsed->get_object(), "exp");
  constexpr std::int64_t kYear9999 = 253'402'300'799;
  if (!seconds || *seconds < 0 || *seconds > kYear9999) return std::nullopt;
  return UtcTime{std::chrono::seconds{*seconds}};
}

std::optional<std::string> member_of(const ports::HttpResponse& response, std::string_view name) {
  auto parsed = parse_json(response.body);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  auto text = get_string(parsed->get_object(), name);
  return text && !text->empty() ? text : std::nullopt;
}

}  // namespace postroom::dvla
