// How fast letters are ordered from the print house's HTTP service: one rate for the whole installation, however
// many processes and threads order, and a stop for all when the print house asks for one.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "base/clock.h"
#include "ports/limit_store.h"
#include "ports/task_queue.h"

namespace postroom::flows {

// Safe from several threads. `clock` is real time. Stores and clock must outlive it.
class OrderPace {
 public:
  static constexpr std::string_view kPausedUntilName = "print.orders_paused_until";
  // Looked again after so long, since another process may have been asked to stop, or stopped no more.
  static constexpr Duration kLookAgain = std::chrono::seconds{1};
  // Where the print house says "too many" and not for how long to stop.
  static constexpr Duration kPauseDefault = std::chrono::seconds{10};

  // Waits that long, or less when it is woken; false when there is nothing to wait for any more.
  using Wait = std::function<bool(Duration)>;

  OrderPace(ports::LimitStore& limits, ports::StateStore& state, const Clock& clock, int letters_per_minute,
            Wait wait = {});

  // Returns when the caller may order one letter. retry_later when the store is away, or after close().
  Result<void> wait_turn();
  // Nobody orders before now + `time`. A longer pause that is set already stays.
  Result<void> pause(Duration time);
  // Wakes those who wait and turns everybody away: the program ends.
  void close();

 private:
  Result<Duration> pause_left();
  bool wait_for(Duration time);

  ports::LimitStore& limits_;
  ports::StateStore& state_;
  const Clock& clock_;
  int letters_per_minute_;
  Wait wait_;
  std::mutex mutex_;
  std::condition_variable closing_;
  bool closed_ = false;
};

}  // namespace postroom::flows
