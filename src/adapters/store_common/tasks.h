// Tasks on their way into and out of a table whose key is a 64-bit number.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/key_ring.h"
#include "base/random.h"
#include "ports/task_queue.h"

namespace postroom::store_common {

// A task as its row wants it: made by the caller's thread, so that the writing thread does not encrypt.
struct PreparedTask {
  const ports::NewTask* task;
  Bytes sealed_payload;  // empty when the payload is
  UtcTime enqueued_at;
};
std::vector<PreparedTask> prepare_tasks(const KeyRing& key_ring, Random& random, const Clock& clock,
                                        std::span<const ports::NewTask> tasks);
// invalid_input when a priority is outside 0 to 9.
Result<void> check_tasks(std::span<const ports::NewTask> tasks);

// A task's id is its row number, so that the busiest table needs no index of ids.
TaskId task_id(std::int64_t number);
// -1, which no row has, for an id that is not ours.
std::int64_t task_number(TaskId id);

// Opens the payloads in place. Tasks whose payload does not open leave `claimed`; they come back as settlements
// that bury them.
std::vector<ports::TaskSettlement> open_payloads(const KeyRing& key_ring, std::vector<ports::ClaimedTask>& claimed);

// Stored days are days since 1970-01-01.
inline std::int64_t day_number(Date date) { return std::chrono::sys_days{date}.time_since_epoch().count(); }
inline Date date_of_day(std::int64_t number) { return Date{std::chrono::sys_days{std::chrono::days{number}}}; }

}  // namespace postroom::store_common
