// What every store of this folder works with.
#pragma once

#include <span>

#include "adapters/postgres/connection.h"
#include "adapters/postgres/pool.h"
#include "adapters/postgres/writer.h"
#include "adapters/store_common/codes.h"
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

// New tasks as one array a column, made by the caller's thread.
struct TaskArrays {
  TaskArrays(const Store& store, std::span<const ports::NewTask> tasks);
  bool is_empty() const { return count == 0; }

  std::size_t count;
  UtcTime enqueued_at;
  Array queues{kTextArray}, kinds{kTextArray}, subjects{kTextArray}, payloads{kByteaArray}, priorities{kInt4Array},
      run_times{kInt8Array}, unique_keys{kTextArray};
};

// "INSERT INTO task … RETURNING queue" for eight parameters from `first` on, which are enqueued_at and the arrays
// in the order above; `source` is a table of one row, or none when nothing is to be enqueued.
std::string insert_tasks_sql(int first, std::string_view source);

// Enqueues inside a transaction of the pool; adds the queues to `touched`.
void insert_tasks(Connection& connection, const TaskArrays& tasks, TouchedQueues& touched);

// Adds the names in a text of lines.
void touch_all(std::string_view lines, TouchedQueues& touched);
// Adds every row's first column.
void read_queues(Rows& rows, TouchedQueues& touched);

}  // namespace postroom::postgres
