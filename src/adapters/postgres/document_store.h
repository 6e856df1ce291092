// Files that travel by email as links.
#pragma once

#include "adapters/postgres/store.h"
#include "ports/document_store.h"

namespace postroom::postgres {

class DocumentStore final : public ports::DocumentStore {
 public:
  explicit DocumentStore(const Store& store) : store_(store) {}

  Result<void> create(const ports::DocumentRecord& record) override;
  Result<ports::DocumentRecord> find(DocumentId id) override;
  Result<std::vector<ports::DocumentRecord>> list(ServiceId service, int limit) override;
  Result<std::vector<ports::DocumentRecord>> expired(UtcTime now, int limit) override;
  Result<std::vector<ports::DocumentRecord>> not_kept(UtcTime before, int limit) override;
  Result<void> keep(std::span<const DocumentId> ids) override;
  Result<void> remove(std::span<const DocumentId> ids) override;
  Result<void> count_download(DocumentId id, UtcTime at) override;
  Result<std::optional<UtcTime>> take_try(DocumentId id, UtcTime now, int tries_max, Duration window) override;
  Result<void> clear_tries(DocumentId id) override;

 private:
  const Store& store_;
};

}  // namespace postroom::postgres
