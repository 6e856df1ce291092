// Moves the sandbox's clock: everything that becomes due on the way happens, in order, at its own time.
#pragma once

#include <atomic>
#include <mutex>

#include "app/parts.h"

namespace postroom::app {

struct DrainResult {
  bool drained = false;      // no due task is left
  std::int64_t due = 0;      // left, when not drained
  std::int64_t waiting = 0;  // for a later time
  std::int64_t buried = 0;
};

// One move at a time; safe from several threads.
class ClockMover {
 public:
  // Real time that one stop on the way may take before the move is given up.
  static constexpr Duration kStopTimeMax = std::chrono::minutes{5};
  // Due times passed on one move.
  static constexpr int kStopsMax = 500'000;

  explicit ClockMover(Parts& parts) : parts_(parts) {}

  // Waits, in real time, until no task is due any more.
  Result<DrainResult> drain(Duration timeout);
  // Forward to `target`, stopping at each schedule and task that is due before; answers when nothing due is left.
  // Backwards only sets the clock. forbidden where flags.clock_may_be_moved is off.
  Result<DrainResult> move_to(UtcTime target);
  // A move under way ends at its next stop, with retry_later: a year holds many of them.
  void stop() { stopping_ = true; }

 private:
  Result<std::optional<UtcTime>> next_stop();
  Result<void> set_clock(UtcTime time);

  Parts& parts_;
  std::mutex mutex_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace postroom::app
