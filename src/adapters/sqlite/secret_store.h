// Passwords and keys of our accounts elsewhere.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/secret_store.h"

namespace postroom::sqlite {

class SecretStore final : public ports::SecretStore {
 public:
  explicit SecretStore(const Store& store) : store_(store) {}
  Result<std::optional<ports::StoredSecret>> find(std::string_view name) override;
  Result<bool> replace(std::string_view name, std::int64_t expected, std::string_view content) override;

 private:
  const Store& store_;
};

}  // namespace postroom::sqlite
