// Work to be done later, at least once. Tasks live in the same database as the rows they are about, so that a
// row and its first task are committed together.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::ports {

constexpr int kTaskPriorityFirst = 0;
constexpr int kTaskPriorityLast = 9;
// More at once would be held by a worker that has not come to them yet.
constexpr int kTasksPerClaimMax = 100;

struct NewTask {
  std::string queue;    // worker pool that runs it, for example "send-sms"
  std::string kind;     // what to do, for example "deliver-sms"
  std::string subject;  // what it is about: usually an id's text; never personal
  Bytes payload;        // may be personal: encrypted at rest; usually empty
  int priority = 5;     // 0 first, 9 last; invalid_input outside
  UtcTime run_at;
  // When not empty: nothing is enqueued while an unfinished task with the same key exists, in whatever queue.
  // Waiting and claimed tasks are unfinished; a buried one is not, so that its successor can run.
  std::string unique_key;
};

struct ClaimedTask {
  TaskId id;
  std::string queue;
  std::string kind;
  std::string subject;
  Bytes payload;
  int attempt = 1;  // this run's number, from 1; with the id it proves the claim
  UtcTime enqueued_at;
  UtcTime lease_until;
};

// How a claimed task ended.
struct TaskSettlement {
  enum class Outcome { finish, retry, bury };
  TaskId id;
  int attempt = 1;
  Outcome outcome = Outcome::finish;
  UtcTime retry_at;              // retry: not before
  std::string reason;            // retry and bury: one sentence, never personal
  std::string retry_queue = {};  // retry: the queue to wait in; empty: where it was
  bool was_tried = true;         // retry: false when this claim is not to count as an attempt
};

struct QueueCounts {
  std::string queue;
  std::int64_t due = 0;      // could be claimed now
  std::int64_t running = 0;  // leased
  std::int64_t waiting = 0;  // run_at in the future
  std::int64_t buried = 0;
};

struct BuriedTask {
  TaskId id;
  std::string queue, kind, subject, reason;
  int attempts = 0;
  UtcTime buried_at;
};

// Safe from several threads. retry_later when the database is busy or away.
class TaskQueue {
 public:
  virtual ~TaskQueue() = default;

  virtual Result<void> enqueue(std::span<const NewTask> tasks) = 0;
  // Up to `max` tasks (kTasksPerClaimMax at most) of `queue` with run_at <= now that nobody holds (or whose lease
  // has run out), by priority, then the time since when they can be claimed (run_at, or the lease's end), then
  // age. Each is this caller's until now + lease. Never gives one task to two callers. A task whose payload does
  // not open is buried instead of given out.
  virtual Result<std::vector<ClaimedTask>> claim(std::string_view queue, int max, UtcTime now, Duration lease,
                                                 std::string_view worker) = 0;
  // False when the claim was lost: the task was settled, or the lease ran out and another worker took it. A
  // lease that ran out without being taken can still be renewed.
  virtual Result<bool> renew(TaskId id, int attempt, UtcTime lease_until) = 0;
  // All in one commit. A settlement whose claim was lost changes nothing. Finished tasks are gone.
  virtual Result<void> settle(std::span<const TaskSettlement> settlements) = 0;

  // When the next task of any queue can be claimed: the earliest run_at or lease end; nothing when none is left.
  virtual Result<std::optional<UtcTime>> next_due() = 0;
  // By queue; queues without any task are left out.
  virtual Result<std::vector<QueueCounts>> counts(UtcTime now) = 0;
  virtual Result<std::vector<BuriedTask>> buried(int max) = 0;  // newest first
  // The task waits again and goes on counting attempts. not_found when no such task is buried; conflict when an
  // unfinished one has its unique key.
  virtual Result<void> revive(TaskId id, UtcTime run_at) = 0;

  // Returns when a task may have become due in `queue`, when wake_all() is called, or after `timeout` of real
  // time. May return early for no reason.
  virtual void wait(std::string_view queue, Duration timeout) = 0;
  virtual void wake_all() = 0;
};

// A named lease that one process at a time holds, for the scheduler's leader and the print run.
class LeaseStore {
 public:
  virtual ~LeaseStore() = default;
  // True when `owner` now holds it until now + ttl: it was free, run out, or its own already.
  virtual Result<bool> acquire(std::string_view name, std::string_view owner, UtcTime now, Duration ttl) = 0;
  // Someone else's lease stays.
  virtual Result<void> release(std::string_view name, std::string_view owner) = 0;
};

// When each schedule fired last.
class ScheduleStore {
 public:
  virtual ~ScheduleStore() = default;
  struct Fired {
    std::string name;
    UtcTime at;
  };
  virtual Result<std::vector<Fired>> last_fired() = 0;  // by name
  // Records that `name` fired for `at` and enqueues its tasks, in one commit, if its last firing still is
  // `expected` (nothing: never fired). False when another scheduler was first.
  virtual Result<bool> fire(std::string_view name, std::optional<UtcTime> expected, UtcTime at,
                            std::span<const NewTask> tasks) = 0;
};

// Small named texts that must survive a restart, such as the sandbox clock's offset.
class StateStore {
 public:
  virtual ~StateStore() = default;
  virtual Result<std::optional<std::string>> get(std::string_view name) = 0;
  // Replaces. Not encrypted: never personal.
  virtual Result<void> put(std::string_view name, std::string_view value) = 0;
};

}  // namespace postroom::ports
