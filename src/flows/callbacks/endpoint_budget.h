// How much of the platform one receiver may take up: requests in flight, and none at all while it does not answer.
// Pure; the caller keeps one for each endpoint and serialises calls.
#pragma once

#include <optional>

#include "base/random.h"
#include "base/time.h"

namespace postroom::flows {

// Requests in flight to an endpoint that has not shown yet what it can take, and to one that has.
inline constexpr int kInFlightFirst = 4;
inline constexpr int kInFlightMax = 64;
// Failures in a row after which only one request at a time looks whether the receiver is back.
inline constexpr int kFailuresToPause = 3;
inline constexpr Duration kPauseFirst = std::chrono::seconds{10};
inline constexpr Duration kPauseMax = std::chrono::seconds{300};
// What a prompt receiver works off in so long may wait in front of others' callbacks.
inline constexpr Duration kSoon = std::chrono::milliseconds{500};
inline constexpr std::size_t kSoonMin = 16;
// Slower ones share the room of receivers that are not known to be well.
inline constexpr Duration kPromptMax = std::chrono::milliseconds{500};

class EndpointBudget {
 public:
  // Whether one more request may leave now.
  bool may_start(UtcTime now) const;
  // While the receiver is being left alone, until when; nothing when it is not. A request that looks whether it is
  // back does not count: the others wait for its end.
  std::optional<UtcTime> paused_until(UtcTime now) const;
  // True when a request to it has ended, well or not.
  bool has_answered() const { return has_answered_; }
  // True when it answers well and soon.
  bool is_prompt() const { return has_answered_ && failures_ == 0 && latency_ <= kPromptMax; }

  void started() { ++in_flight_; }
  // `is_alive`: it answered, and not with 429 or 5xx. `asked_pause`: it wants to be left alone so long.
  void ended(bool is_alive, Duration took, const std::optional<Duration>& asked_pause, UtcTime now, Random& random);
  // How many more a prompt one works off soon; the others would hold up those behind them.
  std::size_t soon() const;
  // When one more task than fits is to come again: they are spread as the receiver has worked them off so far.
  UtcTime next_slot(UtcTime now);

  int in_flight() const { return in_flight_; }
  int limit() const { return limit_; }

 private:
  int in_flight_ = 0;
  int limit_ = kInFlightFirst;
  int failures_ = 0;  // in a row
  bool has_answered_ = false;
  Duration latency_ = std::chrono::milliseconds{100};  // of late; before the first answer, a guess
  Duration pause_{};
  std::optional<UtcTime> pause_end_;
  UtcTime next_slot_{};
};

}  // namespace postroom::flows
