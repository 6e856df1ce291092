#include "worker/task_table.h"

#include <fmt/format.h>

#include <stdexcept>

namespace postroom::worker {

BatchHandler one_by_one(SingleHandler handler) {
  return [handler = std::move(handler)](std::span<TaskRun> runs) {
    for (TaskRun& run : runs) run.result = handler(run);
  };
}

void TaskTable::add(TaskKind kind) {
  std::string name = kind.kind;
  if (!kinds_.try_emplace(name, std::move(kind)).second) {
    throw std::logic_error(fmt::format("task kind {} is declared twice", name));
  }
}

const TaskKind* TaskTable::find(std::string_view kind) const {
  auto found = kinds_.find(kind);
  return found == kinds_.end() ? nullptr : &found->second;
}

}  // namespace postroom::worker
