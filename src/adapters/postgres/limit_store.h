// Buckets of tokens and counts of the day.
#pragma once

#include "adapters/postgres/store.h"
#include "ports/limit_store.h"

namespace postroom::postgres {

// Adds to the day's counts inside a transaction. Throws DatabaseError (forbidden) when a limit would be passed.
void count_use(Connection& connection, ServiceId service, const ports::DailyUse& use);

class LimitStore final : public ports::LimitStore {
 public:
  explicit LimitStore(const Store& store) : store_(store) {}
  Result<ports::TokenGrant> take_tokens(ServiceId service, accounts::KeyType key, accounts::RequestRate rate,
                                        int wanted, UtcTime now) override;
  Result<ports::DailyCounts> daily_counts(ServiceId service, Date day) override;
  Result<void> give_back(ServiceId service, const ports::DailyUse& use) override;
  Result<void> clean_up(UtcTime now) override;

 private:
  const Store& store_;
};

}  // namespace postroom::postgres
