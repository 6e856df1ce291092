#include "adapters/sqlite/task_queue.h"

#include <algorithm>

#include "base/log.h"

namespace postroom::sqlite {
namespace {

// A task's id is its row number, so that the busiest table needs no index of ids.
TaskId task_id(std::int64_t number) {
  Bytes bytes(16, '\0');
  for (std::size_t i = 16; i > 8; --i, number >>= 8) bytes[i - 1] = static_cast<char>(number & 0xFF);
  return TaskId::from_bytes(bytes).value_or(TaskId{});
}

// -1, which no row has, for an id that is not ours.
std::int64_t task_number(TaskId id) {
  std::int64_t number = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    auto byte = static_cast<unsigned char>(id.bytes()[i]);
    if (i < 8 ? byte != 0 : i == 8 && byte > 0x7F) return -1;
    number = number << 8 | byte;
  }
  return number;
}

// The row number is not known when the payload is sealed, so it is bound to what the task is about.
std::string payload_context(std::string_view kind, std::string_view subject) {
  return "task:" + std::string(kind) + ":" + std::string(subject);
}

Error no_buried_task(TaskId id) { return {ErrorKind::not_found, "no buried task has the id " + id.text()}; }

}  // namespace

Result<void> check_tasks(std::span<const ports::NewTask> tasks) {
  for (const ports::NewTask& task : tasks) {
    if (task.priority < ports::kTaskPriorityFirst || task.priority > ports::kTaskPriorityLast) {
      return fail(ErrorKind::invalid_input, "task '" + task.kind + "' has the priority " +
                                                std::to_string(task.priority) + "; it must be 0 to 9");
    }
  }
  return {};
}

std::vector<PreparedTask> prepare_tasks(const Store& store, std::span<const ports::NewTask> tasks) {
  std::vector<PreparedTask> out;
  out.reserve(tasks.size());
  const UtcTime now = tasks.empty() ? UtcTime{} : store.clock.now();
  for (const ports::NewTask& task : tasks) {
    Bytes sealed;
    if (!task.payload.empty()) sealed = store.seal(task.payload, payload_context(task.kind, task.subject));
    out.push_back({&task, std::move(sealed), now});
  }
  return out;
}

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
  const auto prepared = prepare_tasks(store_, tasks);
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    insert_tasks(transaction, prepared);
    return {};
  });
}

Result<std::vector<ports::ClaimedTask>> TaskQueue::claim(std::string_view queue, int max, UtcTime now,
                                                         Duration lease, std::string_view worker) {
  using Claimed = std::vector<ports::ClaimedTask>;
  max = std::clamp(max, 0, ports::kTasksPerClaimMax);
  const std::uint64_t before = store_.signals.before_claim(queue);
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
  return open_payloads(std::move(*claimed));
}

// A payload that does not open would come back with every claim: such a task is buried for a person to look at.
Result<std::vector<ports::ClaimedTask>> TaskQueue::open_payloads(std::vector<ports::ClaimedTask> claimed) {
  std::vector<ports::TaskSettlement> broken;
  std::erase_if(claimed, [&](ports::ClaimedTask& task) {
    if (task.payload.empty()) return false;
    auto opened = store_.key_ring.open(task.payload, payload_context(task.kind, task.subject));
    if (opened) {
      task.payload = std::move(*opened);
      return false;
    }
    log_error("database.task_unreadable", {{"task", task.id.text()}, {"error", opened.error().message}});
    broken.push_back({task.id, task.attempt, ports::TaskSettlement::Outcome::bury, {}, opened.error().message});
    return true;
  });
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
            "UPDATE task SET due_at = ?3, worker = NULL, reason = ?4 WHERE number = ?1 AND attempt = ?2 AND worker "
            "IS "
            "NOT NULL RETURNING queue",
            number, s.attempt, s.retry_at, s.reason);
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
    while (row.next()) {
      ports::QueueCounts& counts = out.emplace_back();
      counts.queue = row.text();
      counts.due = row.integer();
      counts.running = row.integer();
      counts.waiting = row.integer();
      counts.buried = row.integer();
    }
    return out;
  });
}

Result<std::vector<ports::BuriedTask>> TaskQueue::buried(int max) {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<ports::BuriedTask>> {
    std::vector<ports::BuriedTask> out;
    Cursor row = connection.query(
        "SELECT number, queue, kind, subject, reason, attempt, buried_at FROM task WHERE buried_at IS NOT NULL "
        "ORDER BY buried_at DESC, number DESC LIMIT ?1",
        std::max(max, 0));
    while (row.next()) {
      ports::BuriedTask& task = out.emplace_back();
      task.id = task_id(row.integer());
      task.queue = row.text();
      task.kind = row.text();
      task.subject = row.text();
      task.reason = row.text();
      task.attempts = row.small();
      task.buried_at = row.time();
    }
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
