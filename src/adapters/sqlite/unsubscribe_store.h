// Requests of recipients to get no more such emails.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/unsubscribe_store.h"

namespace postroom::sqlite {

class UnsubscribeStore final : public ports::UnsubscribeStore {
 public:
  explicit UnsubscribeStore(const Store& store) : store_(store) {}
  Result<bool> add(const ports::UnsubscribeRequest& request) override;
  Result<std::vector<ports::UnsubscribeRequest>> list(ServiceId service, std::optional<UtcTime> since,
                                                      int limit) override;

 private:
  const Store& store_;
};

}  // namespace postroom::sqlite
