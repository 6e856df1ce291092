// What every store of this folder works with.
#pragma once

#include <span>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/reader_pool.h"
#include "adapters/sqlite/task_signals.h"
#include "adapters/sqlite/writer.h"
#include "base/clock.h"
#include "base/key_ring.h"
#include "base/random.h"
#include "ports/task_queue.h"

namespace postroom::sqlite {

struct Store {
  Writer& writer;
  ReaderPool& readers;
  TaskSignals& signals;
  const KeyRing& key_ring;
  Random& random;
  const Clock& clock;

  Bytes seal(BytesView plain, std::string_view context) const { return key_ring.seal(plain, context, random); }
};

// A task as its row wants it: made by the caller's thread, so that the writer does not encrypt.
struct PreparedTask {
  const ports::NewTask* task;
  Bytes sealed_payload;  // empty when the payload is
  UtcTime enqueued_at;
};
std::vector<PreparedTask> prepare_tasks(const Store& store, std::span<const ports::NewTask> tasks);
// invalid_input when a priority is outside 0 to 9.
Result<void> check_tasks(std::span<const ports::NewTask> tasks);
void insert_tasks(Transaction& transaction, std::span<const PreparedTask> tasks);

// Stored days are days since 1970-01-01.
inline std::int64_t day_number(Date date) { return std::chrono::sys_days{date}.time_since_epoch().count(); }
inline Date date_of_day(std::int64_t number) { return Date{std::chrono::sys_days{std::chrono::days{number}}}; }

}  // namespace postroom::sqlite
