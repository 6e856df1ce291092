#include "adapters/sqlite/task_queue.h"

#include <algorithm>

namespace postroom::sqlite {
namespace {

using store_common::task_id;
using store_common::task_number;

Error no_buried_task(TaskId id) { return {ErrorKind::not_found, "no buried task has the id " + id.text()}; }

}  // namespace

void insert_tasks(Transaction& transaction, std::span<const PreparedTask> tasks) {
  for (const PreparedTask& prepared : tasks) {
    const ports::NewTask& task = *prepared.task;
    std::optional<Blob> payload;
    if (!prepared.sealed_payload.empty()) payload = Blob{prepared.sealed_payload};
    std::optional<std::string_view> unique_key;
    if (!task.unique_key.empty()) unique_key = task.unique_key;
    int stored = transaction.connection.run(
        "INSERT INTO task(queue, kind, subject, payload, priority, due_at, enqueued_at, unique_key) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
        task.queue, task.kind, task.subject, payload, task.priority, task.run_at, prepared.enqueued_at, unique_key);
    if (stored > 0) transaction.touch(task.queue);
  }
}

Result<void> TaskQueue::enqueue(std::span<const ports::NewTask> tasks) {
  POSTROOM_CHECK(check_tasks(tasks));
  const auto prepared = store_.prepare(tasks);
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    insert_tasks(transaction, prepared);
    return {};
  });
}

Result<bool> TaskQueue::has_due(std::string_view queue, UtcTime now) {
  return store_.readers.run([&](Connection& connection) -> Result<bool> {
    // The list of priorities makes it ten looks into the index; a range would read the queue's waiting tasks too.
    static_assert(ports::kTaskPriorityFirst == 0 && ports::kTaskPriorityLast == 9);
    return connection
        .query(
            "SELECT 1 FROM task WHERE queue = ?1 AND priority IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9) AND due_at <= ?2 "
            "AND buried_at IS NULL LIMIT 1",
            queue, now)
        .next();
  });
}

Result<std::vector<ports::ClaimedTask>> TaskQueue::claim(std::string_view queue, int max, UtcTime now,
                                                         Duration lease, std::string_view worker) {
  using Claimed = std::vector<ports::ClaimedTask>;
  max = std::clamp(max, 0, ports::kTasksPerClaimMax);
  const std::uint64_t before = store_.signals.before_claim(queue);
  // Idle workers look often. A look costs the writer nothing; it sees every commit that `before` counts.
  POSTROOM_TRY(is_due, has_due(queue, now));
  if (!is_due) {
    store_.signals.after_claim(queue, before, true);
    return Claimed{};
  }
  const UtcTime until = now + lease;
  auto claimed = store_.writer.run([&](Transaction& transaction) -> Result<Claimed> {
    Connection& connection = transaction.connection;
    Claimed out;
    std::vector<std::int64_t> numbers;
    // One range of the index for each priority: the due ones of a priority lie side by side in it.
    for (int priority = ports::kTaskPriorityFirst; priority <= ports::kTaskPriorityLast; ++priority) {
      const int room = max - static_cast<int>(out.size());
      if (room == 0) break;
      Cursor row = connection.query(
          "SELECT number, kind, subject, payload, attempt, enqueued_at FROM task WHERE queue = ?1 AND priority = "
          "?2 "
          "AND due_at <= ?3 AND buried_at IS NULL ORDER BY due_at, number LIMIT ?4",
          queue, priority, now, room);
      while (row.next()) {
        numbers.push_back(row.integer());
        ports::ClaimedTask& task = out.emplace_back();
        task.id = task_id(numbers.back());
        task.queue = queue;
        task.kind = row.text();
        task.subject = row.text();
        task.payload = row.bytes();
        task.attempt = row.small() + 1;
        task.enqueued_at = row.time();
        task.lease_until = until;
      }
    }
    for (std::int64_t number : numbers) {
      connection.run("UPDATE task SET due_at = ?2, worker = ?3, attempt = attempt + 1 WHERE number = ?1", number,
                     until, worker);
    }
    return out;
  });
  if (!claimed) return claimed;
  store_.signals.after_claim(queue, before, static_cast<int>(claimed->size()) < max);
  const auto broken = store_common::open_payloads(store_.key_ring, *claimed);
  if (!broken.empty()) POSTROOM_CHECK(settle(broken));
  return claimed;
}

Result<bool> TaskQueue::renew(TaskId id, int attempt, UtcTime lease_until) {
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    return transaction.connection.run(
               "UPDATE task SET due_at = ?3 WHERE number = ?1 AND attempt = ?2 AND worker IS NOT NULL",
               task_number(id), attempt, lease_until) > 0;
  });
}

Result<void> TaskQueue::settle(std::span<const ports::TaskSettlement> settlements) {
  using Outcome = ports::TaskSettlement::Outcome;
  const UtcTime now = store_.clock.now();
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    for (const ports::TaskSettlement& s : settlements) {
      const std::int64_t number = task_number(s.id);
      if (s.outcome == Outcome::finish) {
        connection.run("DELETE FROM task WHERE number = ?1 AND attempt = ?2 AND worker IS NOT NULL", number,
                       s.attempt);
      } else if (s.outcome == Outcome::retry) {
        Cursor row = connection.query(
            "UPDATE task SET due_at = ?3, worker = NULL, reason = ?4, queue = coalesce(?5, queue), attempt = "
            "attempt - ?6 "
            "WHERE number = ?1 AND attempt = ?2 AND worker IS NOT NULL RETURNING queue",
            number, s.attempt, s.retry_at, s.reason,
            s.retry_queue.empty() ? std::nullopt : std::optional<std::string_view>(s.retry_queue),
            s.was_tried ? 0 : 1);
        if (row.next()) transaction.touch(row.text());
      } else {
        connection.run(
            "UPDATE task SET buried_at = ?3, worker = NULL, reason = ?4 WHERE number = ?1 AND attempt = ?2 AND "
            "worker "
            "IS NOT NULL",
            number, s.attempt, now, s.reason);
      }
    }
    return {};
  });
}

Result<std::optional<UtcTime>> TaskQueue::next_due() {
  using Due = std::optional<UtcTime>;
  return store_.readers.run([&](Connection& connection) -> Result<Due> {
    // Hops from one (queue, priority) to the next in the index: the first entry of each is its earliest.
    Due earliest;
    std::string queue;
    int priority = -1;
    while (true) {
      Cursor row = connection.query(
          "SELECT queue, priority, due_at FROM task WHERE buried_at IS NULL AND (queue, priority) > (?1, ?2) "
          "ORDER BY queue, priority, due_at LIMIT 1",
          queue, priority);
      if (!row.next()) return earliest;
      std::string found = row.text();
      priority = row.small();
      const UtcTime due = row.time();
      queue = std::move(found);
      if (!earliest || due < *earliest) earliest = due;
    }
  });
}

Result<std::vector<ports::QueueCounts>> TaskQueue::counts(UtcTime now) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ports::QueueCounts>> {
    std::vector<ports::QueueCounts> out;
    Cursor row = connection.query(
        "SELECT queue, count(*) FILTER (WHERE buried_at IS NULL AND due_at <= ?1), "
        "count(*) FILTER (WHERE buried_at IS NULL AND due_at > ?1 AND worker IS NOT NULL), "
        "count(*) FILTER (WHERE buried_at IS NULL AND due_at > ?1 AND worker IS NULL), "
        "count(*) FILTER (WHERE buried_at IS NOT NULL) FROM task GROUP BY queue ORDER BY queue",
        now);
    while (row.next()) out.push_back(store_common::read_counts(row));
    return out;
  });
}

Result<std::vector<ports::BuriedTask>> TaskQueue::buried(int max) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ports::BuriedTask>> {
    std::vector<ports::BuriedTask> out;
    Cursor row = connection.query("SELECT " + store_common::kBuriedColumns +
                                      " FROM task WHERE buried_at IS NOT NULL "
                                      "ORDER BY buried_at DESC, number DESC LIMIT ?1",
                                  std::max(max, 0));
    while (row.next()) out.push_back(store_common::read_buried(row));
    return out;
  });
}

Result<void> TaskQueue::revive(TaskId id, UtcTime run_at) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    const std::int64_t number = task_number(id);
    if (!connection.query("SELECT 1 FROM task WHERE number = ?1 AND buried_at IS NOT NULL", number).next()) {
      return fail(no_buried_task(id));
    }
    Cursor row = connection.query(
        "UPDATE OR IGNORE task SET buried_at = NULL, due_at = ?2 WHERE number = ?1 RETURNING queue", number,
        run_at);
    if (!row.next()) {
      return fail(ErrorKind::conflict,
                  "task " + id.text() + " has an unfinished successor with the same unique key");
    }
    transaction.touch(row.text());
    return {};
  });
}

}  // namespace postroom::sqlite
