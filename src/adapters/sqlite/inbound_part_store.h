// Parts of received texts that wait for the others.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/inbound_part_store.h"

namespace postroom::sqlite {

class InboundPartStore final : public ports::InboundPartStore {
 public:
  explicit InboundPartStore(const Store& store) : store_(store) {}

  Result<std::vector<ports::InboundPart>> add_part(const ports::InboundPart& part) override;
  Result<void> remove_parts(const ports::InboundPart& part) override;
  Result<std::optional<ports::InboundPart>> oldest_part(UtcTime before) override;

 private:
  const Store& store_;
};

}  // namespace postroom::sqlite
