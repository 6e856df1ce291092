// Which code runs which kind of task, in which pool, and how it is retried.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ports/task_queue.h"
#include "worker/retry_policy.h"

namespace postroom::worker {

// One claimed task on its way through a handler.
struct TaskRun {
  const ports::ClaimedTask& task;
  // True while the claim is held; renews the lease. Long work calls it between steps and stops on false.
  std::function<bool()> renew;
  // The handler's answer. Left alone it means done.
  Result<void> result = {};
  // Set: nothing was tried, because its turn has not come; `result` does not count.
  std::optional<ports::PutOff> put_off = {};
};

// Runs tasks of one kind, together where that is cheaper. Sets each run's result. Must not throw on account of
// the outside world.
using BatchHandler = std::function<void(std::span<TaskRun> runs)>;
using SingleHandler = std::function<Result<void>(TaskRun& run)>;

// Handles each run by itself.
BatchHandler one_by_one(SingleHandler handler);

struct TaskKind {
  std::string kind;
  std::string queue;  // for documentation and checks; a task may also be put on another queue
  RetryPolicy retry;
  Duration lease = std::chrono::seconds{60};
  BatchHandler run;
  // Called once, before the task is buried: marks what it was about as failed. May be empty.
  std::function<void(const ports::ClaimedTask&, const Error&)> give_up;
};

class TaskTable {
 public:
  // Adding a kind twice is a bug and throws std::logic_error.
  void add(TaskKind kind);
  const TaskKind* find(std::string_view kind) const;

 private:
  std::map<std::string, TaskKind, std::less<>> kinds_;
};

}  // namespace postroom::worker
