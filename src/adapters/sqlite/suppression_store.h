// Email addresses that are not written to any more.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/suppression_store.h"

namespace postroom::sqlite {

class SuppressionStore final : public ports::SuppressionStore {
 public:
  explicit SuppressionStore(const Store& store) : store_(store) {}
  Result<void> put(const ports::Suppression& suppression) override;
  Result<std::optional<ports::Suppression>> find(ServiceId service, std::string_view address,
                                                 UtcTime since) override;
  Result<std::vector<ports::Suppression>> list(std::optional<ServiceId> service, int limit) override;
  Result<int> remove(std::string_view address, std::optional<ServiceId> service) override;
  Result<int> remove_before(UtcTime time) override;

 private:
  const Store& store_;
};

}  // namespace postroom::sqlite
