// The table of tasks.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/task_queue.h"

namespace postroom::sqlite {

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
  void wait(std::string_view queue, Duration timeout) override { store_.signals.wait(queue, timeout); }
  void wake_all() override { store_.signals.wake_all(); }

 private:
  Result<bool> has_due(std::string_view queue, UtcTime now);

  const Store& store_;
};

}  // namespace postroom::sqlite
