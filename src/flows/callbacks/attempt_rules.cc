#include "flows/callbacks/attempt_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace postroom::flows {
namespace {

using ports::CallbackOutcome;

std::optional<int> digits(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty() || text.front() == '-') return {};
  return value;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", the only form that may be sent today.
std::optional<UtcTime> parse_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || !text.ends_with(" GMT")) return {};
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  const auto day = digits(text.substr(5, 2));
  const auto year = digits(text.substr(12, 4));
  if (month == kMonths.end() || !day || !year) return {};
  return parse_rfc3339(
      fmt::format("{:04}-{:02}-{:02}T{}Z", *year, month - kMonths.begin() + 1, *day, text.substr(17, 8)));
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view text, UtcTime now) {
  text = trim(text);
  std::optional<Duration> asked;
  if (const auto seconds = digits(text)) asked = std::chrono::seconds{*seconds};
  if (const auto date = parse_http_date(text)) asked = std::chrono::duration_cast<Duration>(*date - now);
  if (!asked) return {};
  return std::clamp(*asked, Duration::zero(), kRetryAfterMax);
}

CallbackVerdict judge(const Result<ports::HttpResponse>& answer, UtcTime now) {
  CallbackVerdict verdict;
  if (!answer) {
    const Error& error = answer.error();
    verdict.reason = error.message;
    if (error.kind == ErrorKind::forbidden || error.kind == ErrorKind::invalid_input)
      verdict.outcome = CallbackOutcome::not_allowed;
    return verdict;
  }
  verdict.status = answer->status;
  verdict.reason = fmt::format("the receiver answered {}", answer->status);
  if (answer->status >= 200 && answer->status < 300) {
    verdict.outcome = CallbackOutcome::delivered;
    return verdict;
  }
  const bool may_pass = answer->status == 429 || answer->status >= 500;
  verdict.outcome = may_pass ? CallbackOutcome::failing : CallbackOutcome::refused;
  verdict.is_gone = answer->status == 410;
  if (answer->status != 429 && answer->status != 503) return verdict;
  if (const auto header = answer->header("Retry-After")) verdict.retry_after = parse_retry_after(*header, now);
  return verdict;
}

Duration retry_delay(const std::optional<Duration>& retry_after, Random& random) {
  constexpr auto kJitterMilliseconds = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(kCallbackRetryJitter).count());
  const Duration usual = kCallbackRetryDelay - std::chrono::milliseconds{random.below(kJitterMilliseconds)};
  // Whoever asks for less than the usual delay is content with it, too.
  return std::max(usual, retry_after.value_or(Duration::zero()));
}

bool has_failed_too_long(const ports::CallbackHealth& health, UtcTime now) {
  return health.failing_since && health.failures >= kFailuresMin && now - *health.failing_since >= kFailingDaysMax;
}

}  // namespace postroom::flows
