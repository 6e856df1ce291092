#include "adapters/store_common/tasks.h"

#include "adapters/store_common/sealing.h"
#include "base/log.h"

namespace postroom::store_common {

std::vector<PreparedTask> prepare_tasks(const KeyRing& key_ring, Random& random, const Clock& clock,
                                        std::span<const ports::NewTask> tasks) {
  std::vector<PreparedTask> out;
  out.reserve(tasks.size());
  const UtcTime now = tasks.empty() ? UtcTime{} : clock.now();
  for (const ports::NewTask& task : tasks) {
    Bytes sealed;
    if (!task.payload.empty())
      sealed = key_ring.seal(task.payload, payload_context(task.kind, task.subject), random);
    out.push_back({&task, std::move(sealed), now});
  }
  return out;
}

Result<void> check_tasks(std::span<const ports::NewTask> tasks) {
  for (const ports::NewTask& task : tasks) {
    if (task.priority < ports::kTaskPriorityFirst || task.priority > ports::kTaskPriorityLast) {
      return fail(ErrorKind::invalid_input, "task '" + task.kind + "' has the priority " +
                                                std::to_string(task.priority) + "; it must be 0 to 9");
    }
  }
  return {};
}

TaskId task_id(std::int64_t number) {
  Bytes bytes(16, '\0');
  for (std::size_t i = 16; i > 8; --i, number >>= 8) bytes[i - 1] = static_cast<char>(number & 0xFF);
  return TaskId::from_bytes(bytes).value_or(TaskId{});
}

std::int64_t task_number(TaskId id) {
  std::int64_t number = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    auto byte = static_cast<unsigned char>(id.bytes()[i]);
    if (i < 8 ? byte != 0 : i == 8 && byte > 0x7F) return -1;
    number = number << 8 | byte;
  }
  return number;
}

// A payload that does not open would come back with every claim: such a task is buried for a person to look at.
std::vector<ports::TaskSettlement> open_payloads(const KeyRing& key_ring,
                                                 std::vector<ports::ClaimedTask>& claimed) {
  std::vector<ports::TaskSettlement> broken;
  std::erase_if(claimed, [&](ports::ClaimedTask& task) {
    if (task.payload.empty()) return false;
    auto opened = key_ring.open(task.payload, payload_context(task.kind, task.subject));
    if (opened) {
      task.payload = std::move(*opened);
      return false;
    }
    log_error("database.task_unreadable", {{"task", task.id.text()}, {"error", opened.error().message}});
    broken.push_back({task.id, task.attempt, ports::TaskSettlement::Outcome::bury, {}, opened.error().message});
    return true;
  });
  return broken;
}

}  // namespace postroom::store_common
