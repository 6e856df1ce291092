// Leases, schedules and named texts.
#pragma once

#include "adapters/postgres/store.h"
#include "ports/task_queue.h"

namespace postroom::postgres {

class LeaseStore final : public ports::LeaseStore {
 public:
  explicit LeaseStore(const Store& store) : store_(store) {}
  Result<bool> acquire(std::string_view name, std::string_view owner, UtcTime now, Duration ttl) override;
  Result<void> release(std::string_view name, std::string_view owner) override;

 private:
  const Store& store_;
};

class ScheduleStore final : public ports::ScheduleStore {
 public:
  explicit ScheduleStore(const Store& store) : store_(store) {}
  Result<std::vector<Fired>> last_fired() override;
  Result<bool> fire(std::string_view name, std::optional<UtcTime> expected, UtcTime at,
                    std::span<const ports::NewTask> tasks) override;

 private:
  const Store& store_;
};

class StateStore final : public ports::StateStore {
 public:
  explicit StateStore(const Store& store) : store_(store) {}
  Result<std::optional<std::string>> get(std::string_view name) override;
  Result<void> put(std::string_view name, std::string_view value) override;

 private:
  const Store& store_;
};

}  // namespace postroom::postgres
