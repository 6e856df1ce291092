// In-memory queues, leases and schedules that keep the ports' contracts, for tests of workers and flows. Safe from
// several threads. Faults: the next `count` calls of an operation fail.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/random.h"
#include "ports/task_queue.h"

namespace postroom::ports::testing {

struct Fault {
  int count = 0;
  Error error{ErrorKind::retry_later, "scripted fault"};
  bool strikes() { return count > 0 && count-- > 0; }
};

class MemoryTaskQueue final : public TaskQueue {
 public:
  struct Row {
    TaskId id;
    NewTask task;
    int attempts = 0;
    std::optional<UtcTime> lease_until;
    std::optional<std::string> buried;  // the reason
    std::uint64_t age = 0;
  };
  Fault claim_fault, settle_fault;
  int renewals = 0;
  std::vector<TaskSettlement> settlements;  // all that counted

  Result<void> enqueue(std::span<const NewTask> tasks) override {
    std::lock_guard lock(mutex_);
    for (const NewTask& task : tasks) {
      bool taken = !task.unique_key.empty() && std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) {
        return !row.buried && row.task.unique_key == task.unique_key;
      });
      if (!taken) rows_.push_back({TaskId{Uuid::random(random_)}, task, 0, {}, {}, next_age_++});
    }
    changed_.notify_all();
    return {};
  }
  Result<void> enqueue(const NewTask& task) { return enqueue(std::span(&task, 1)); }

  Result<std::vector<ClaimedTask>> claim(std::string_view queue, int max, UtcTime now, Duration lease,
                                         std::string_view) override {
    std::lock_guard lock(mutex_);
    if (claim_fault.strikes()) return fail(claim_fault.error);
    std::vector<Row*> due;
    for (Row& row : rows_) {
      if (row.task.queue == queue && !row.buried && row.task.run_at <= now &&
          (!row.lease_until || *row.lease_until <= now))
        due.push_back(&row);
    }
    std::stable_sort(due.begin(), due.end(), [](const Row* a, const Row* b) {
      return std::tuple(a->task.priority, a->lease_until.value_or(a->task.run_at), a->age) <
             std::tuple(b->task.priority, b->lease_until.value_or(b->task.run_at), b->age);
    });
    std::vector<ClaimedTask> out;
    for (Row* row : due) {
      if (static_cast<int>(out.size()) == std::min(max, kTasksPerClaimMax)) break;
      row->lease_until = now + lease;
      out.push_back({.id = row->id,
                     .queue = row->task.queue,
                     .kind = row->task.kind,
                     .subject = row->task.subject,
                     .payload = row->task.payload,
                     .attempt = ++row->attempts,
                     .enqueued_at = row->task.run_at,
                     .lease_until = *row->lease_until});
    }
    return out;
  }
  Result<bool> renew(TaskId id, int attempt, UtcTime until) override {
    std::lock_guard lock(mutex_);
    ++renewals;
    Row* row = find(id, attempt);
    if (row != nullptr) row->lease_until = until;
    return row != nullptr;
  }
  Result<void> settle(std::span<const TaskSettlement> all) override {
    std::lock_guard lock(mutex_);
    if (settle_fault.strikes()) return fail(settle_fault.error);
    for (const TaskSettlement& one : all) {
      Row* row = find(one.id, one.attempt);
      if (row == nullptr) continue;
      settlements.push_back(one);
      row->lease_until.reset();
      if (one.outcome == TaskSettlement::Outcome::retry) row->task.run_at = one.retry_at;
      if (one.outcome == TaskSettlement::Outcome::retry && !one.retry_queue.empty())
        row->task.queue = one.retry_queue;
      if (one.outcome == TaskSettlement::Outcome::retry && !one.was_tried) --row->attempts;
      if (one.outcome == TaskSettlement::Outcome::bury) row->buried = one.reason;
      if (one.outcome == TaskSettlement::Outcome::finish)
        std::erase_if(rows_, [&](const Row& r) { return r.id == one.id; });
    }
    changed_.notify_all();
    return {};
  }
  Result<std::optional<UtcTime>> next_due() override {
    std::lock_guard lock(mutex_);
    std::optional<UtcTime> next;
    for (const Row& row : rows_) {
      UtcTime due = row.lease_until.value_or(row.task.run_at);
      if (!row.buried && (!next || due < *next)) next = due;
    }
    return next;
  }
  Result<std::vector<QueueCounts>> counts(UtcTime now) override {
    std::lock_guard lock(mutex_);
    std::map<std::string, QueueCounts> out;
    for (const Row& row : rows_) {
      QueueCounts& c = out[row.task.queue];
      c.queue = row.task.queue;
      if (row.buried)
        ++c.buried;
      else if (row.lease_until && *row.lease_until > now)
        ++c.running;
      else if (row.task.run_at > now)
        ++c.waiting;
      else
        ++c.due;
    }
    std::vector<QueueCounts> list;
    for (auto& [name, c] : out) list.push_back(c);
    return list;
  }
  Result<std::vector<BuriedTask>> buried(int max) override {
    std::lock_guard lock(mutex_);
    std::vector<BuriedTask> out;
    for (const Row& row : rows_) {
      if (row.buried && static_cast<int>(out.size()) < max)
        out.push_back({row.id, row.task.queue, row.task.kind, row.task.subject, *row.buried, row.attempts, {}});
    }
    return out;
  }
  Result<void> revive(TaskId id, UtcTime run_at) override {
    std::lock_guard lock(mutex_);
    for (Row& row : rows_) {
      if (row.id != id || !row.buried) continue;
      row.buried.reset();
      row.task.run_at = run_at;
      return {};
    }
    return fail(ErrorKind::not_found, "no such buried task");
  }
  void wait(std::string_view, Duration timeout) override {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::min(timeout, Duration{std::chrono::milliseconds{20}}));
  }
  void wake_all() override { changed_.notify_all(); }

  std::vector<Row> rows() const {
    std::lock_guard lock(mutex_);
    return rows_;
  }

 private:
  Row* find(TaskId id, int attempt) {
    for (Row& row : rows_) {
      if (row.id == id && row.attempts == attempt && row.lease_until && !row.buried) return &row;
    }
    return nullptr;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  SeededRandom random_{77};
  std::vector<Row> rows_;
  std::uint64_t next_age_ = 0;
};

class MemoryLeaseStore final : public LeaseStore {
 public:
  Result<bool> acquire(std::string_view name, std::string_view owner, UtcTime now, Duration ttl) override {
    std::lock_guard lock(mutex_);
    auto& [holder, until] = leases_[std::string(name)];
    if (until > now && holder != owner) return false;
    holder = owner;
    until = now + ttl;
    return true;
  }
  Result<void> release(std::string_view name, std::string_view owner) override {
    std::lock_guard lock(mutex_);
    auto found = leases_.find(std::string(name));
    if (found != leases_.end() && found->second.first == owner) leases_.erase(found);
    return {};
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::pair<std::string, UtcTime>> leases_;
};

class MemoryScheduleStore final : public ScheduleStore {
 public:
  explicit MemoryScheduleStore(MemoryTaskQueue& tasks) : tasks_(tasks) {}
  Result<std::vector<Fired>> last_fired() override {
    std::lock_guard lock(mutex_);
    std::vector<Fired> out;
    for (const auto& [name, at] : fired_) out.push_back({name, at});
    return out;
  }
  Result<bool> fire(std::string_view name, std::optional<UtcTime> expected, UtcTime at,
                    std::span<const NewTask> tasks) override {
    std::lock_guard lock(mutex_);
    auto found = fired_.find(std::string(name));
    std::optional<UtcTime> last = found == fired_.end() ? std::nullopt : std::optional(found->second);
    if (last != expected) return false;
    fired_[std::string(name)] = at;
    POSTROOM_CHECK(tasks_.enqueue(tasks));
    return true;
  }

 private:
  MemoryTaskQueue& tasks_;
  std::mutex mutex_;
  std::map<std::string, UtcTime> fired_;
};

}  // namespace postroom::ports::testing
