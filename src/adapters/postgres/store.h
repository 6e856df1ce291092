// What every store of this folder works with.
#pragma once

#include <span>

#include "adapters/postgres/connection.h"
#include "adapters/postgres/pool.h"
#include "adapters/postgres/writer.h"
#include "adapters/store_common/codes.h"
#include "adapters/store_common/rows.h"
#include "adapters/store_common/sealing.h"
#include "adapters/store_common/task_signals.h"
#include "adapters/store_common/tasks.h"
#include "base/clock.h"
#include "base/key_ring.h"
#include "base/random.h"
#include "ports/task_queue.h"

namespace postroom::postgres {

using store_common::check_tasks;
using store_common::code_of;
using store_common::date_of_day;
using store_common::day_number;
using store_common::mask_of;
using store_common::mask_or_all;
using store_common::optional_code;

struct Store {
  Writers& writers;
  Pool& pool;
  Watch& watch;
  store_common::TaskSignals& signals;
  const KeyRing& key_ring;
  Random& random;
  const Clock& clock;

  Bytes seal(BytesView plain, std::string_view context) const { return key_ring.seal(plain, context, random); }
};

// New tasks as parameters of a statement, made by the caller's thread: one array a column. A single task without a
// unique key, which is what nearly every message brings along, can go as plain values, which the server runs in
// three quarters of the time.
struct TaskParameters {
  enum class Form { arrays, plain_if_single };
  TaskParameters(const Store& store, std::span<const ports::NewTask> tasks, Form form = Form::arrays);
  bool is_empty() const { return count == 0; }

  std::size_t count;
  UtcTime enqueued_at;
  const ports::NewTask* single = nullptr;  // set in plain form; the arrays are empty then
  Bytes single_payload;                    // sealed; empty when the payload is
  Array queues{kTextArray}, kinds{kTextArray}, subjects{kTextArray}, payloads{kByteaArray}, priorities{kInt4Array},
      run_times{kInt8Array}, unique_keys{kTextArray};
};

// "INSERT INTO task … RETURNING queue" for eight parameters from `first` on, which are enqueued_at and the arrays
// in the order above; `source` is a table of one row, or none when nothing is to be enqueued.
std::string insert_tasks_sql(int first, std::string_view source);
// The same for the seven values of a single task; its count of rows tells whether `source` had a row.
std::string insert_single_task_sql(int first, std::string_view source);

// Calls `send` with the parameters that insert_tasks_sql() or insert_single_task_sql() wants.
template <typename Send>
void send_tasks(const TaskParameters& t, Send&& send) {
  if (t.single == nullptr) {
    return send(t.enqueued_at, t.queues, t.kinds, t.subjects, t.payloads, t.priorities, t.run_times, t.unique_keys);
  }
  std::optional<Blob> payload;
  if (!t.single_payload.empty()) payload = Blob{t.single_payload};
  send(t.enqueued_at, t.single->queue, t.single->kind, t.single->subject, payload, t.single->priority,
       t.single->run_at);
}

// Enqueues inside a transaction of the pool; adds the queues to `touched`.
void insert_tasks(Connection& connection, const TaskParameters& tasks, TouchedQueues& touched);

void touch(std::string_view queue, TouchedQueues& touched);
// Adds the names in a text of lines.
void touch_all(std::string_view lines, TouchedQueues& touched);
// Adds every row's first column.
void read_queues(Rows& rows, TouchedQueues& touched);

}  // namespace postroom::postgres
