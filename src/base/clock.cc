#include "base/clock.h"

namespace postroom {

UtcTime SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

UtcTime MovableClock::now() const {
  if (base_ == nullptr) return from_micros(fixed_micros_.load());
  return base_->now() + Duration{offset_micros_.load()};
}

void MovableClock::set(UtcTime time) {
  if (base_ == nullptr)
    fixed_micros_.store(to_micros(time));
  else
    offset_micros_.store((time - base_->now()).count());
}

}  // namespace postroom
