#include "adapters/postgres/task_queue.h"

#include <fmt/format.h>

#include <tuple>

namespace postroom::postgres {
namespace {

using store_common::task_id;
using store_common::task_number;

// One range of the index for each priority: the due ones of a priority lie side by side in it. Ranges are read
// only as far as the outer limit needs. A row that another claim has locked is passed over.
constexpr std::string_view kClaim =
    "WITH c AS (SELECT d.number, d.due_at FROM generate_series(0, 9) p CROSS JOIN LATERAL "
    "(SELECT number, due_at FROM task WHERE queue = $1 AND priority = p AND due_at <= $2 AND buried_at IS NULL "
    "ORDER BY due_at, number LIMIT $3 FOR UPDATE SKIP LOCKED) d LIMIT $3) "
    "UPDATE task t SET due_at = $4, worker = $5, attempt = attempt + 1 FROM c WHERE t.number = c.number "
    "RETURNING t.number, t.priority, c.due_at, t.kind, t.subject, t.payload, t.attempt, t.enqueued_at";

constexpr std::string_view kFinish =
    "DELETE FROM task t USING unnest($1, $2) s(number, attempt) "
    "WHERE t.number = s.number AND t.attempt = s.attempt AND t.worker IS NOT NULL";
constexpr std::string_view kRetry =
    "UPDATE task t SET due_at = s.retry_at, worker = NULL, reason = s.reason, "
    "queue = coalesce(nullif(s.queue, ''), t.queue), attempt = t.attempt - s.untried "
    "FROM unnest($1, $2, $3, $4, $5, $6) s(number, attempt, retry_at, reason, queue, untried) "
    "WHERE t.number = s.number AND t.attempt = s.attempt AND t.worker IS NOT NULL RETURNING t.queue";
constexpr std::string_view kBury =
    "UPDATE task t SET buried_at = $4, worker = NULL, reason = s.reason "
    "FROM unnest($1, $2, $3) s(number, attempt, reason) "
    "WHERE t.number = s.number AND t.attempt = s.attempt AND t.worker IS NOT NULL";

// Hops from one (queue, priority) to the next in the index: the first entry of each is its earliest.
constexpr std::string_view kNextDue =
    "WITH RECURSIVE hop AS ("
    "(SELECT queue, priority, due_at FROM task WHERE buried_at IS NULL ORDER BY queue, priority, due_at, number "
    "LIMIT 1) "
    "UNION ALL SELECT n.queue, n.priority, n.due_at FROM hop h CROSS JOIN LATERAL "
    "(SELECT queue, priority, due_at FROM task WHERE buried_at IS NULL AND (queue, priority) > (h.queue, "
    "h.priority) "
    "ORDER BY queue, priority, due_at, number LIMIT 1) n) SELECT min(due_at) FROM hop";

struct ClaimedRow {
  std::int64_t number;
  int priority;
  UtcTime due_at;
  ports::ClaimedTask task;
};

std::vector<ports::ClaimedTask> read_claimed(Rows rows, std::string_view queue, UtcTime until) {
  std::vector<ClaimedRow> found;
  while (rows.next()) {
    ClaimedRow& row = found.emplace_back();
    row.number = rows.integer();
    row.priority = rows.small();
    row.due_at = rows.time();
    row.task.id = task_id(row.number);
    row.task.queue = queue;
    row.task.kind = rows.text();
    row.task.subject = rows.text();
    row.task.payload = rows.bytes();
    row.task.attempt = rows.small();
    row.task.enqueued_at = rows.time();
    row.task.lease_until = until;
  }
  // An update returns its rows in no particular order.
  std::ranges::sort(found, {}, [](const ClaimedRow& r) { return std::tuple(r.priority, r.due_at, r.number); });
  std::vector<ports::ClaimedTask> out;
  out.reserve(found.size());
  for (ClaimedRow& row : found) out.push_back(std::move(row.task));
  return out;
}

// Settlements of one outcome, as one array a column.
struct SettlementArrays {
  void add(const ports::TaskSettlement& settlement) {
    ++count;
    numbers.add_long(task_number(settlement.id));
    attempts.add_int(settlement.attempt);
    times.add_long(to_micros(settlement.retry_at));
    reasons.add(settlement.reason);
    queues.add(settlement.retry_queue);
    untried.add_int(settlement.was_tried ? 0 : 1);
  }
  std::size_t count = 0;
  Array numbers{kInt8Array}, attempts{kInt4Array}, times{kInt8Array}, reasons{kTextArray}, queues{kTextArray},
      untried{kInt4Array};
};

}  // namespace

Result<void> TaskQueue::enqueue(std::span<const ports::NewTask> tasks) {
  POSTROOM_CHECK(check_tasks(tasks));
  if (tasks.empty()) return {};
  static const std::string sql = insert_tasks_sql(1, "");
  const TaskParameters t(store_, tasks);
  POSTROOM_CHECK(store_.writers.any().run(
      [&](Connection& connection) {
        connection.send(sql, t.enqueued_at, t.queues, t.kinds, t.subjects, t.payloads, t.priorities, t.run_times,
                        t.unique_keys);
      },
      [](Connection& connection, TouchedQueues& touched) {
        Rows rows = connection.receive();
        read_queues(rows, touched);
        return true;
      }));
  return {};
}

Result<std::vector<ports::ClaimedTask>> TaskQueue::claim(std::string_view queue, int max, UtcTime now,
                                                         Duration lease, std::string_view worker) {
  max = std::clamp(max, 0, ports::kTasksPerClaimMax);
  const std::uint64_t before = store_.signals.before_claim(queue);
  const UtcTime until = now + lease;
  auto claimed = store_.writers.any().run(
      [&](Connection& connection) { connection.send(kClaim, queue, now, max, until, worker); },
      [&](Connection& connection, TouchedQueues&) { return read_claimed(connection.receive(), queue, until); });
  if (!claimed) return claimed;
  store_.signals.after_claim(queue, before, static_cast<int>(claimed->size()) < max);
  const auto broken = store_common::open_payloads(store_.key_ring, *claimed);
  if (!broken.empty()) POSTROOM_CHECK(settle(broken));
  return claimed;
}

Result<bool> TaskQueue::renew(TaskId id, int attempt, UtcTime lease_until) {
  return store_.writers.any().run(
      [&](Connection& connection) {
        connection.send("UPDATE task SET due_at = $3 WHERE number = $1 AND attempt = $2 AND worker IS NOT NULL",
                        task_number(id), attempt, lease_until);
      },
      [](Connection& connection, TouchedQueues&) { return connection.receive().affected() > 0; });
}

Result<void> TaskQueue::settle(std::span<const ports::TaskSettlement> settlements) {
  using Outcome = ports::TaskSettlement::Outcome;
  if (settlements.empty()) return {};
  SettlementArrays finished, retried, buried;
  for (const ports::TaskSettlement& s : settlements) {
    (s.outcome == Outcome::finish ? finished : s.outcome == Outcome::retry ? retried : buried).add(s);
  }
  const UtcTime now = store_.clock.now();
  POSTROOM_CHECK(store_.writers.any().run(
      [&](Connection& connection) {
        if (finished.count > 0) connection.send(kFinish, finished.numbers, finished.attempts);
        if (retried.count > 0) {
          connection.send(kRetry, retried.numbers, retried.attempts, retried.times, retried.reasons, retried.queues,
                          retried.untried);
        }
        if (buried.count > 0) connection.send(kBury, buried.numbers, buried.attempts, buried.reasons, now);
      },
      [&](Connection& connection, TouchedQueues& touched) {
        if (finished.count > 0) connection.receive();
        if (retried.count > 0) {
          Rows rows = connection.receive();
          read_queues(rows, touched);
        }
        if (buried.count > 0) connection.receive();
        return true;
      }));
  return {};
}

Result<std::optional<UtcTime>> TaskQueue::next_due() {
  using Due = std::optional<UtcTime>;
  return store_.pool.read([&](Connection& connection) -> Result<Due> {
    Rows row = connection.query(kNextDue);
    return row.next() ? row.optional_time() : Due{};
  });
}

Result<std::vector<ports::QueueCounts>> TaskQueue::counts(UtcTime now) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ports::QueueCounts>> {
    std::vector<ports::QueueCounts> out;
    Rows row = connection.query(
        "SELECT queue, count(*) FILTER (WHERE buried_at IS NULL AND due_at <= $1), "
        "count(*) FILTER (WHERE buried_at IS NULL AND due_at > $1 AND worker IS NOT NULL), "
        "count(*) FILTER (WHERE buried_at IS NULL AND due_at > $1 AND worker IS NULL), "
        "count(*) FILTER (WHERE buried_at IS NOT NULL) FROM task GROUP BY queue ORDER BY queue",
        now);
    while (row.next()) out.push_back(store_common::read_counts(row));
    return out;
  });
}

Result<std::vector<ports::BuriedTask>> TaskQueue::buried(int max) {
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<ports::BuriedTask>> {
    std::vector<ports::BuriedTask> out;
    Rows row = connection.query("SELECT " + store_common::kBuriedColumns +
                                    " FROM task WHERE buried_at IS NOT NULL "
                                    "ORDER BY buried_at DESC, number DESC LIMIT $1",
                                std::max(max, 0));
    while (row.next()) out.push_back(store_common::read_buried(row));
    return out;
  });
}

Result<void> TaskQueue::revive(TaskId id, UtcTime run_at) {
  TouchedQueues touched;
  POSTROOM_CHECK(store_.pool.write([&](Connection& connection) -> Result<void> {
    touched.clear();
    try {
      Rows rows = connection.query(
          "UPDATE task SET buried_at = NULL, due_at = $2 WHERE number = $1 AND buried_at IS NOT NULL RETURNING "
          "queue",
          task_number(id), run_at);
      read_queues(rows, touched);
    } catch (const DatabaseError& error) {
      if (!error.is_unique_violation()) throw;
      return fail(ErrorKind::conflict,
                  "task " + id.text() + " has an unfinished successor with the same unique key");
    }
    if (touched.empty()) return fail(ErrorKind::not_found, "no buried task has the id " + id.text());
    return {};
  }));
  store_.watch.touched(touched);
  return {};
}

}  // namespace postroom::postgres
