// The day's counts as far as this process knows them. They tell whether it is worth looking at a request; what is
// accepted is decided by the store.
#pragma once

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "base/clock.h"
#include "ports/limit_store.h"

namespace postroom::flows {

// What other processes count is seen after so long at the latest.
inline constexpr Duration kCountsGoodFor = std::chrono::seconds{5};
// A service at its limit is looked up again after so long: the limit may have been raised, messages given back.
inline constexpr Duration kFullGoodFor = std::chrono::seconds{1};
inline constexpr std::size_t kCountedServicesMax = 100'000;

// Safe from several threads.
class DailyCounter {
 public:
  // `wall` is real time, for how old a look is; days are the caller's.
  DailyCounter(ports::LimitStore& store, const Clock& wall) : store_(store), wall_(wall) {}

  // Whether the day's count is below `limit`. A count that is too high is never believed without asking the store;
  // when the store is away there is room.
  bool has_room(ServiceId service, Date day, ports::DailyChannel channel, std::int64_t limit);
  void add(ServiceId service, const ports::DailyUse& use);
  // After messages were given back, or the store knew better: the next question is asked there.
  void forget(ServiceId service);

 private:
  struct Entry {
    std::mutex mutex;
    Date day;
    ports::DailyCounts read;   // what the store said
    ports::DailyCounts added;  // by this process since, some of it perhaps in `read` already
    UtcTime read_at;
    bool is_known = false;
  };
  std::shared_ptr<Entry> entry_of(ServiceId service);
  void look_up(ServiceId service, Date day, Entry& entry);

  ports::LimitStore& store_;
  const Clock& wall_;
  std::shared_mutex mutex_;
  std::unordered_map<ServiceId, std::shared_ptr<Entry>> entries_;
};

}  // namespace postroom::flows
