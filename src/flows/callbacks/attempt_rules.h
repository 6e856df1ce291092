// What one answer of a receiver means, and when to try again. Pure.
#pragma once

#include <optional>

#include "base/random.h"
#include "ports/callback_store.h"
#include "ports/http_client.h"

namespace postroom::flows {

inline constexpr int kCallbackAttemptsMax = 6;  // the first and five more
inline constexpr Duration kCallbackRetryDelay = std::chrono::seconds{300};
// Retries of one moment are spread over so much before the delay is over.
inline constexpr Duration kCallbackRetryJitter = std::chrono::seconds{10};
// What Retry-After may ask for at most.
inline constexpr Duration kRetryAfterMax = std::chrono::hours{1};
inline constexpr std::chrono::milliseconds kCallbackTimeout{5'000};
inline constexpr std::size_t kCallbackAnswerBytesMax = 64 * 1024;

// An endpoint is switched off when nothing else than failures came for so long and so often.
inline constexpr std::chrono::days kFailingDaysMax{3};
inline constexpr int kFailuresMin = 2 * kCallbackAttemptsMax;

struct CallbackVerdict {
  ports::CallbackOutcome outcome = ports::CallbackOutcome::no_answer;
  int status = 0;                       // 0: no answer
  bool is_gone = false;                 // 410: the receiver wants no more
  std::optional<Duration> retry_after;  // asked for, within bounds; with 429 and 503
  std::string reason;                   // for logs: one sentence, no path and nothing personal

  bool is_good() const { return outcome == ports::CallbackOutcome::delivered; }
  bool may_pass() const {
    return outcome == ports::CallbackOutcome::failing || outcome == ports::CallbackOutcome::no_answer;
  }
};
CallbackVerdict judge(const Result<ports::HttpResponse>& answer, UtcTime now);

// RFC 9110 section 10.2.3: seconds, or a date as in the Date header. Nothing when it is neither.
std::optional<Duration> parse_retry_after(std::string_view text, UtcTime now);

// From the end of a failed attempt to the next.
Duration retry_delay(const std::optional<Duration>& retry_after, Random& random);

// True when the endpoint has failed long and often enough.
bool has_failed_too_long(const ports::CallbackHealth& health, UtcTime now);

}  // namespace postroom::flows
