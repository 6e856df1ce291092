// Buckets of tokens and counts of the day.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/limit_store.h"

namespace postroom::sqlite {

// Adds to the day's counts. False, and nothing is changed, when a limit would be passed.
bool count_use(Connection& connection, ServiceId service, const ports::DailyUse& use);

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

}  // namespace postroom::sqlite
