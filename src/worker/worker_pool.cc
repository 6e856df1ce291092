#include "worker/worker_pool.h"

#include <fmt/format.h>

#include "base/log.h"
#include "worker/batch_size.h"

namespace postroom::worker {
namespace {

// Real time between two looks at an idle queue; wake-ups come sooner.
constexpr Duration kIdleWait = std::chrono::seconds{1};
// Real time to stand back when the database does not answer.
constexpr Duration kTroubleWait = std::chrono::seconds{1};
constexpr Duration kLeaseCheckEvery = std::chrono::seconds{5};
constexpr Duration kClaimLease = std::chrono::seconds{60};

}  // namespace

// A claim whose lease the keeper thread renews while its handler works.
struct WorkerPool::Held {
  int attempt = 1;
  Duration lease{};
  UtcTime lease_until;
};

WorkerPool::WorkerPool(ports::TaskQueue& queue, const TaskTable& table, const Clock& clock, Metrics& metrics,
                       std::string worker_name)
    : queue_(queue), table_(table), clock_(clock), metrics_(metrics), worker_name_(std::move(worker_name)) {}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::start(const std::vector<QueueOptions>& queues) {
  threads_.emplace_back([this] { keep_leases(); });
  for (const QueueOptions& options : queues) {
    for (int i = 0; i < options.threads; ++i) {
      threads_.emplace_back([this, options, i] { run_queue(options, i); });
    }
  }
}

void WorkerPool::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  queue_.wake_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool WorkerPool::pause(Duration timeout) {
  std::unique_lock lock(mutex_);
  paused_ = true;
  return changed_.wait_for(lock, timeout, [&] { return batches_running_ == 0; });
}

void WorkerPool::resume() {
  {
    std::lock_guard lock(mutex_);
    paused_ = false;
  }
  changed_.notify_all();
  queue_.wake_all();
}

bool WorkerPool::enter_batch() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopping_ || !paused_; });
  if (stopping_) return false;
  ++batches_running_;
  return true;
}

void WorkerPool::leave_batch() {
  {
    std::lock_guard lock(mutex_);
    --batches_running_;
  }
  changed_.notify_all();
}

void WorkerPool::run_queue(const QueueOptions& options, int thread_number) {
  std::string name = fmt::format("{}/{}/{}", worker_name_, options.queue, thread_number);
  BatchSize batch(options.batch, options.grows);
  while (enter_batch()) {
    const auto begun = std::chrono::steady_clock::now();
    auto tasks = queue_.claim(options.queue, batch.size(), clock_.now(), kClaimLease, name);
    bool idle = !tasks || tasks->empty();
    if (tasks && !tasks->empty()) run_batch(options, *tasks);
    leave_batch();
    if (tasks)
      batch.ran(static_cast<int>(tasks->size()),
                std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begun));
    if (!tasks) {
      log_warning("worker.claim_failed", {{"queue", options.queue}, {"error", tasks.error().message}});
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kTroubleWait, [&] { return stopping_; });
    } else if (idle) {
      queue_.wait(options.queue, kIdleWait);
    }
  }
}

void WorkerPool::run_batch(const QueueOptions& options, std::vector<ports::ClaimedTask>& tasks) {
  {
    std::lock_guard lock(mutex_);
    for (const auto& task : tasks) {
      const TaskKind* kind = table_.find(task.kind);
      held_[task.id] = Held{task.attempt, kind == nullptr ? kClaimLease : kind->lease, task.lease_until};
    }
  }
  // Tasks of one kind go to their handler together, in the order claimed.
  std::map<std::string_view, std::vector<ports::ClaimedTask*>> by_kind;
  for (auto& task : tasks) by_kind[task.kind].push_back(&task);

  std::vector<ports::TaskSettlement> settlements;
  for (auto& [name, of_kind] : by_kind) run_kind(table_.find(name), of_kind, settlements);
  {
    std::lock_guard lock(mutex_);
    for (const auto& task : tasks) held_.erase(task.id);
  }
  if (auto settled = queue_.settle(settlements); !settled) {
    // Nothing is lost: the leases run out and the tasks run again.
    log_warning("worker.settle_failed", {{"queue", options.queue}, {"error", settled.error().message}});
  }
}

void WorkerPool::run_kind(const TaskKind* kind, std::span<ports::ClaimedTask*> tasks,
                          std::vector<ports::TaskSettlement>& settlements) {
  if (kind == nullptr) {
    for (auto* task : tasks) {
      Error error{ErrorKind::invalid_input, "no handler for task kind '" + task->kind + "' in this version"};
      settlements.push_back(settle_failure(*task, error, RetryPolicy{.retries_max = 0}, clock_.now()));
      log_error("task.unknown_kind", {{"kind", task->kind}, {"task", task->id.text()}});
    }
    return;
  }
  std::vector<TaskRun> runs;
  runs.reserve(tasks.size());
  for (auto* task : tasks) {
    auto renew = [this, task, lease = kind->lease] {
      auto renewed = queue_.renew(task->id, task->attempt, clock_.now() + lease);
      return renewed.has_value() && *renewed;
    };
    runs.push_back(TaskRun{*task, renew});
  }
  try {
    kind->run(runs);
  } catch (const std::exception& error) {
    // A bug: whatever was done is repeated, which tasks must bear; better than losing them.
    log_error("task.threw", {{"kind", kind->kind}, {"error", error.what()}});
    for (TaskRun& run : runs) run.result = fail(ErrorKind::internal, std::string("unexpected: ") + error.what());
  }
  std::int64_t done = 0, failed = 0, put_off = 0;
  for (TaskRun& run : runs) {
    if (run.put_off) run.result = fail(ErrorKind::retry_later, run.put_off->reason);
    if (run.result) {
      ++done;
      settlements.push_back({.id = run.task.id, .attempt = run.task.attempt});
      continue;
    }
    const Error& error = run.result.error();
    auto settlement = run.put_off ? settle_put_off(run.task, *run.put_off, kind->retry, clock_.now())
                                  : settle_failure(run.task, error, kind->retry, clock_.now());
    if (!settlement.was_tried) {
      ++put_off;
      settlements.push_back(std::move(settlement));
      continue;
    }
    ++failed;
    bool over = settlement.outcome == ports::TaskSettlement::Outcome::bury;
    log(over ? LogLevel::error : LogLevel::warning, over ? "task.buried" : "task.retried",
        {{"kind", kind->kind},
         {"subject", run.task.subject},
         {"attempt", run.task.attempt},
         {"error", error.message}});
    if (over && kind->give_up) kind->give_up(run.task, error);
    settlements.push_back(std::move(settlement));
  }
  const auto count = [&](const char* outcome, std::int64_t runs_so) {
    metrics_
        .counter("postroom_tasks_total", "Tasks run, by kind and outcome",
                 {{"kind", kind->kind}, {"outcome", outcome}})
        .add(static_cast<double>(runs_so));
  };
  count("done", done);
  if (failed > 0) count("failed", failed);
  if (put_off > 0) count("put_off", put_off);
}

void WorkerPool::keep_leases() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kLeaseCheckEvery, [&] { return stopping_ && batches_running_ == 0; })) {
    std::vector<std::pair<TaskId, Held>> due;
    UtcTime now = clock_.now();
    for (auto& [id, held] : held_) {
      if (held.lease_until - now > held.lease / 2) continue;
      held.lease_until = now + held.lease;
      due.emplace_back(id, held);
    }
    lock.unlock();
    for (auto& [id, held] : due) {
      if (auto renewed = queue_.renew(id, held.attempt, held.lease_until); !renewed || !*renewed) {
        log_warning("worker.lease_lost", {{"task", id.text()}});
      }
    }
    lock.lock();
  }
}

}  // namespace postroom::worker
