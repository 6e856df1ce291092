#include "flows/print_run/order_pace.h"

#include <algorithm>

namespace postroom::flows {
namespace {

// The bucket of the whole installation, beside those of services.
ServiceId bucket() { return ServiceId{}; }

Error closed() { return {ErrorKind::retry_later, "the program ends; the letter is ordered after the next start"}; }

}  // namespace

OrderPace::OrderPace(ports::LimitStore& limits, ports::StateStore& state, const Clock& clock,
                     int letters_per_minute, Wait wait)
    : limits_(limits),
      state_(state),
      clock_(clock),
      letters_per_minute_(letters_per_minute),
      wait_(std::move(wait)) {
  if (!wait_) wait_ = [this](Duration time) { return wait_for(time); };
}

bool OrderPace::wait_for(Duration time) {
  std::unique_lock lock(mutex_);
  closing_.wait_for(lock, time, [this] { return closed_; });
  return !closed_;
}

Result<Duration> OrderPace::pause_left() {
  POSTROOM_TRY(text, state_.get(kPausedUntilName));
  auto until = text ? parse_rfc3339(*text) : std::nullopt;
  return until ? std::max(Duration{0}, *until - clock_.now()) : Duration{0};
}

Result<void> OrderPace::wait_turn() {
  const accounts::RequestRate rate{letters_per_minute_};
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      if (closed_) return fail(closed());
    }
    POSTROOM_TRY(pause, pause_left());
    Duration wait = pause;
    if (wait <= Duration{0}) {
      const UtcTime now = clock_.now();
      POSTROOM_TRY(grant, limits_.take_tokens(bucket(), accounts::KeyType::normal, rate, 1, now));
      if (grant.taken > 0) return {};
      wait = accounts::time_to_token(grant.left, rate, now);
    }
    if (!wait_(std::clamp(wait, Duration{1'000}, kLookAgain))) return fail(closed());
  }
}

Result<void> OrderPace::pause(Duration time) {
  POSTROOM_TRY(left, pause_left());
  if (left >= time) return {};
  return state_.put(kPausedUntilName, format_rfc3339(clock_.now() + time));
}

void OrderPace::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  closing_.notify_all();
}

}  // namespace postroom::flows
