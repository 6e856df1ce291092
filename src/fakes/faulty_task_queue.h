// A task queue that workers cannot claim from while a fault of target "queue" is due.
#pragma once

#include "fakes/fault_box.h"
#include "ports/task_queue.h"

namespace postroom::fakes {

// Everything but claim() is passed on: tasks are never refused, only late.
class FaultyTaskQueue final : public ports::TaskQueue {
 public:
  FaultyTaskQueue(ports::TaskQueue& inner, FaultBox& faults) : inner_(inner), faults_(faults) {}

  Result<std::vector<ports::ClaimedTask>> claim(std::string_view queue, int max, UtcTime now, Duration lease,
                                                std::string_view worker) override {
    if (auto fault = faults_.next("queue")) return fail(error_of(*fault, "queue"));
    return inner_.claim(queue, max, now, lease, worker);
  }
  Result<void> enqueue(std::span<const ports::NewTask> tasks) override { return inner_.enqueue(tasks); }
  Result<bool> renew(TaskId id, int attempt, UtcTime lease_until) override {
    return inner_.renew(id, attempt, lease_until);
  }
  Result<void> settle(std::span<const ports::TaskSettlement> settlements) override {
    return inner_.settle(settlements);
  }
  Result<std::optional<UtcTime>> next_due() override { return inner_.next_due(); }
  Result<std::vector<ports::QueueCounts>> counts(UtcTime now) override { return inner_.counts(now); }
  Result<std::vector<ports::BuriedTask>> buried(int max) override { return inner_.buried(max); }
  Result<void> revive(TaskId id, UtcTime run_at) override { return inner_.revive(id, run_at); }
  void wait(std::string_view queue, Duration timeout) override { inner_.wait(queue, timeout); }
  void wake_all() override { inner_.wake_all(); }

 private:
  ports::TaskQueue& inner_;
  FaultBox& faults_;
};

}  // namespace postroom::fakes
