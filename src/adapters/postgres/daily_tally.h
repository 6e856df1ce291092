// What a commit for many callers adds to the counts of the day: each count once, at the transaction's end, so that
// two transactions meet on it only for the time of a commit; in a fixed order, so that they never wait for each
// other.
#pragma once

#include <map>
#include <tuple>

#include "adapters/postgres/connection.h"
#include "base/ids.h"
#include "ports/limit_store.h"

namespace postroom::postgres {

class DailyTally {
 public:
  void add(ServiceId service, const ports::DailyUse& use);
  // One statement for each count; it fails with a check violation when the limit would be passed.
  void send(Connection& connection) const;
  // Reads the answers in a pipeline.
  void receive(Connection& connection) const;

 private:
  struct Sum {
    std::int64_t count = 0;
    std::int64_t limit = 0;
  };
  void add(ServiceId service, std::int64_t day, ports::DailyChannel channel, std::int64_t count,
           std::int64_t limit);

  std::map<std::tuple<ServiceId, std::int64_t, int>, Sum> sums_;
};

}  // namespace postroom::postgres
