// Wakes workers that wait for a queue. Numbers every commit that touched a queue, so that a commit between a
// worker's empty claim and its wait is not slept through. Safe from several threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/time.h"

namespace postroom::sqlite {

class TaskSignals {
 public:
  // A commit added tasks to these queues, or moved their times.
  void touched(const std::set<std::string, std::less<>>& queues);

  // What claim() does: takes the number before it looks, and reports what it found. `drained`: it got less than
  // it asked for, so waiting makes sense until the next commit; else the next waiter is woken for the rest.
  std::uint64_t before_claim(std::string_view queue);
  void after_claim(std::string_view queue, std::uint64_t before, bool drained);

  // Returns at once when something happened since the last claim that came back short.
  void wait(std::string_view queue, Duration timeout);
  void wake_all();

 private:
  struct Queue {
    std::condition_variable changed;
    std::uint64_t commits = 0;
    std::uint64_t drained_at = 0;  // value of `commits` before the last claim that came back short
  };
  Queue& queue(std::string_view name);

  std::mutex mutex_;
  std::map<std::string, Queue, std::less<>> queues_;
  std::uint64_t wakes_ = 0;
};

}  // namespace postroom::sqlite
