#include "adapters/postgres/store.h"

#include <fmt/format.h>

#include <algorithm>

namespace postroom::postgres {

TaskParameters::TaskParameters(const Store& store, std::span<const ports::NewTask> tasks, Form form)
    : count(tasks.size()) {
  if (tasks.empty()) return;
  auto prepared = store_common::prepare_tasks(store.key_ring, store.random, store.clock, tasks);
  enqueued_at = prepared.front().enqueued_at;
  if (form == Form::plain_if_single && count == 1 && tasks.front().unique_key.empty()) {
    single = &tasks.front();
    single_payload = std::move(prepared.front().sealed_payload);
    return;
  }
  for (const auto& [task, sealed_payload, unused] : prepared) {
    queues.add(task->queue);
    kinds.add(task->kind);
    subjects.add(task->subject);
    if (sealed_payload.empty())
      payloads.add_null();
    else
      payloads.add_bytes(sealed_payload);
    priorities.add_int(task->priority);
    run_times.add_long(to_micros(task->run_at));
    if (task->unique_key.empty())
      unique_keys.add_null();
    else
      unique_keys.add(task->unique_key);
  }
}

std::string insert_tasks_sql(int first, std::string_view source) {
  return fmt::format(
      "INSERT INTO task(enqueued_at, queue, kind, subject, payload, priority, due_at, unique_key) "
      "SELECT ${}, t.* FROM {}{}unnest(${}, ${}, ${}, ${}, ${}, ${}, ${}) t ON CONFLICT DO NOTHING RETURNING queue",
      first, source, source.empty() ? "" : ", ", first + 1, first + 2, first + 3, first + 4, first + 5, first + 6,
      first + 7);
}

std::string insert_single_task_sql(int first, std::string_view source) {
  return fmt::format(
      "INSERT INTO task(enqueued_at, queue, kind, subject, payload, priority, due_at) "
      "SELECT ${}, ${}, ${}, ${}, ${}, ${}, ${} FROM {}",
      first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6, source);
}

void insert_tasks(Connection& connection, const TaskParameters& tasks, TouchedQueues& touched) {
  if (tasks.is_empty()) return;
  static const std::string sql = insert_tasks_sql(1, "");
  Rows rows = connection.query(sql, tasks.enqueued_at, tasks.queues, tasks.kinds, tasks.subjects, tasks.payloads,
                               tasks.priorities, tasks.run_times, tasks.unique_keys);
  read_queues(rows, touched);
}

void touch(std::string_view queue, TouchedQueues& touched) {
  if (!touched.contains(queue)) touched.emplace(queue);
}

void touch_all(std::string_view lines, TouchedQueues& touched) {
  while (!lines.empty()) {
    const std::string_view queue = lines.substr(0, lines.find('\n'));
    touch(queue, touched);
    lines.remove_prefix(std::min(lines.size(), queue.size() + 1));
  }
}

void read_queues(Rows& rows, TouchedQueues& touched) {
  while (rows.next()) touched.insert(rows.text());
}

}  // namespace postroom::postgres
