// The table of tasks.
#pragma once

#include <algorithm>

#include "adapters/postgres/store.h"
#include "ports/task_queue.h"

namespace postroom::postgres {

class TaskQueue final : public ports::TaskQueue {
 public:
  explicit TaskQueue(const Store& store) : store_(store) {}

  Result<void> enqueue(std::span<const ports::NewTask> tasks) override;
  Result<std::vector<ports::ClaimedTask>> claim(std::string_view queue, int max, UtcTime now, Duration lease,
                                                std::string_view worker) override;
  Result<bool> renew(TaskId id, int attempt, UtcTime lease_until) override;
  Result<void> settle(std::span<const ports::TaskSettlement> settlements) override;
  Result<std::optional<UtcTime>> next_due() override;
  Result<std::vector<ports::QueueCounts>> counts(UtcTime now) override;
  Result<std::vector<ports::BuriedTask>> buried(int max) override;
  Result<void> revive(TaskId id, UtcTime run_at) override;
  // Looks again after kTaskPoll at the latest: another process's notification may be lost.
  void wait(std::string_view queue, Duration timeout) override {
    store_.signals.wait(queue, std::min<Duration>(timeout, kTaskPoll));
  }
  void wake_all() override { store_.signals.wake_all(); }

 private:
  const Store& store_;
};

}  // namespace postroom::postgres
