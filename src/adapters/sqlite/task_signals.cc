#include "adapters/sqlite/task_signals.h"

#include <algorithm>

namespace postroom::sqlite {

TaskSignals::Queue& TaskSignals::queue(std::string_view name) {
  auto found = queues_.find(name);
  return found != queues_.end() ? found->second : queues_[std::string(name)];
}

void TaskSignals::touched(const std::set<std::string, std::less<>>& queues) {
  std::lock_guard lock(mutex_);
  for (const std::string& name : queues) {
    Queue& touched = queue(name);
    ++touched.commits;
    // One is enough: a claim that comes back full wakes the next.
    touched.changed.notify_one();
  }
}

std::uint64_t TaskSignals::before_claim(std::string_view name) {
  std::lock_guard lock(mutex_);
  return queue(name).commits;
}

void TaskSignals::after_claim(std::string_view name, std::uint64_t before, bool drained) {
  std::lock_guard lock(mutex_);
  Queue& claimed = queue(name);
  if (drained) claimed.drained_at = std::max(claimed.drained_at, before);
  if (claimed.commits > claimed.drained_at) claimed.changed.notify_one();
}

void TaskSignals::wait(std::string_view name, Duration timeout) {
  std::unique_lock lock(mutex_);
  Queue& waited = queue(name);
  const std::uint64_t wakes = wakes_;
  waited.changed.wait_for(lock, timeout, [&] { return waited.commits > waited.drained_at || wakes_ != wakes; });
}

void TaskSignals::wake_all() {
  std::lock_guard lock(mutex_);
  ++wakes_;
  for (auto& [name, waiting] : queues_) waiting.changed.notify_all();
}

}  // namespace postroom::sqlite
