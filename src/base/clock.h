// Time is injected: nothing in postroom asks the system for it except SystemClock.
#pragma once

#include <atomic>

#include "base/time.h"

namespace postroom {

// Safe from several threads.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UtcTime now() const = 0;
};

class SystemClock final : public Clock {
 public:
  UtcTime now() const override;
};

// A clock that is moved by hand. As a test clock it stands still; as the sandbox clock it runs with `base`
// from wherever it was set.
class MovableClock final : public Clock {
 public:
  explicit MovableClock(UtcTime start) : fixed_micros_(to_micros(start)) {}
  explicit MovableClock(const Clock& base) : base_(&base) {}

  UtcTime now() const override;
  void set(UtcTime time);
  void advance(Duration by) { set(now() + by); }
  // How far a running clock is ahead of its base; zero for a standing one.
  Duration offset() const { return Duration{offset_micros_.load()}; }
  void set_offset(Duration offset) { offset_micros_.store(offset.count()); }

 private:
  const Clock* base_ = nullptr;
  std::atomic<std::int64_t> fixed_micros_{0};
  std::atomic<std::int64_t> offset_micros_{0};
};

}  // namespace postroom
