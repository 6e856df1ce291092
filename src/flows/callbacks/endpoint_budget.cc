#include "flows/callbacks/endpoint_budget.h"

#include <algorithm>

namespace postroom::flows {
namespace {

// What the newest latency counts in the average.
constexpr int kLatencyShare = 8;
constexpr Duration kLatencyMin = std::chrono::milliseconds{1};
constexpr Duration kSlotFirst = std::chrono::seconds{1};
constexpr Duration kSlotLast = std::chrono::seconds{300};
// For the others, while one request looks whether the receiver is back.
constexpr Duration kProbeTime = std::chrono::seconds{6};
constexpr int kPauseJitterPercent = 20;

}  // namespace

bool EndpointBudget::may_start(UtcTime now) const {
  if (!pause_end_) return in_flight_ < limit_;
  return now >= *pause_end_ && in_flight_ == 0;
}

std::optional<UtcTime> EndpointBudget::paused_until(UtcTime now) const {
  if (!pause_end_ || may_start(now)) return {};
  return std::max(*pause_end_, now + kProbeTime);
}

void EndpointBudget::ended(bool is_alive, Duration took, const std::optional<Duration>& asked_pause, UtcTime now,
                           Random& random) {
  --in_flight_;
  latency_ = has_answered_ ? (latency_ * (kLatencyShare - 1) + took) / kLatencyShare : took;
  has_answered_ = true;
  if (is_alive) {
    failures_ = 0;
    pause_ = {};
    pause_end_.reset();
    limit_ = std::min(limit_ + 1, kInFlightMax);
    return;
  }
  ++failures_;
  limit_ = std::max(limit_ / 2, 1);
  // Those that were under way when the pause began say nothing new.
  if (pause_end_ && now < *pause_end_) return;
  if (failures_ < kFailuresToPause && !asked_pause) return;
  if (failures_ >= kFailuresToPause) pause_ = std::min(std::max(pause_ * 2, kPauseFirst), kPauseMax);
  const Duration jitter = pause_ / 100 * random.below(kPauseJitterPercent);
  pause_end_ = now + std::max(pause_ - jitter, asked_pause.value_or(Duration::zero()));
}

std::size_t EndpointBudget::soon() const {
  return std::max(kSoonMin, static_cast<std::size_t>(limit_ * (kSoon / std::max(latency_, kLatencyMin))));
}

UtcTime EndpointBudget::next_slot(UtcTime now) {
  const Duration each = std::max(latency_, kLatencyMin) / limit_;
  next_slot_ = std::clamp(next_slot_ + each, now + kSlotFirst, now + kSlotLast);
  return next_slot_;
}

}  // namespace postroom::flows
