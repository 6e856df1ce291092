// Suppressed addresses and complaints in memory that keep their ports' contracts, for tests of flows. Safe from
// several threads. `fault` makes the next calls fail.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>

#include "ports/email_report_store.h"
#include "ports/suppression_store.h"
#include "ports/testing.h"

namespace postroom::ports::testing {

class MemorySuppressionStore final : public SuppressionStore {
 public:
  Fault fault;

  Result<void> put(const Suppression& suppression) override {
    std::lock_guard lock(mutex_);
    if (fault.strikes()) return fail(fault.error);
    rows_[{suppression.address, suppression.service_id}] = suppression;
    return {};
  }
  Result<std::optional<Suppression>> find(ServiceId service, std::string_view address, UtcTime since) override {
    std::lock_guard lock(mutex_);
    if (fault.strikes()) return fail(fault.error);
    std::optional<Suppression> newest;
    for (ServiceId id : {service, ServiceId{}}) {
      auto found = rows_.find({std::string(address), id});
      if (found == rows_.end() || found->second.created_at < since) continue;
      if (!newest || newest->created_at < found->second.created_at) newest = found->second;
    }
    return newest;
  }
  Result<std::vector<Suppression>> list(std::optional<ServiceId> service, int limit) override {
    std::lock_guard lock(mutex_);
    if (fault.strikes()) return fail(fault.error);
    std::vector<Suppression> out;
    for (const auto& [key, row] : rows_)
      if (!service || row.service_id == *service) out.push_back(row);
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.created_at > b.created_at; });
    out.resize(
        std::min<std::size_t>(out.size(), static_cast<std::size_t>(std::clamp(limit, 0, kSuppressionListMax))));
    return out;
  }
  Result<int> remove(std::string_view address, std::optional<ServiceId> service) override {
    std::lock_guard lock(mutex_);
    if (fault.strikes()) return fail(fault.error);
    return static_cast<int>(std::erase_if(rows_, [&](const auto& entry) {
      return entry.first.first == address && (!service || entry.first.second == *service);
    }));
  }
  Result<int> remove_before(UtcTime time) override {
    std::lock_guard lock(mutex_);
    if (fault.strikes()) return fail(fault.error);
    return static_cast<int>(
        std::erase_if(rows_, [&](const auto& entry) { return entry.second.created_at < time; }));
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, ServiceId>, Suppression> rows_;
};

}  // namespace postroom::ports::testing
