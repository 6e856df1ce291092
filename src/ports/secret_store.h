// Passwords and keys of our accounts elsewhere that the program itself changes. Sealed at rest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace postroom::ports {

struct StoredSecret {
  std::string content;       // never logged
  std::int64_t version = 0;  // from 1; one more with each change
};

// Safe from several threads and processes. retry_later when the database is busy or away; corrupt when the stored
// content was altered or sealed with a key that is gone.
class SecretStore {
 public:
  virtual ~SecretStore() = default;
  virtual Result<std::optional<StoredSecret>> find(std::string_view name) = 0;
  // Stores `content` if the stored version still is `expected` (0: none is stored). False, and no change, when
  // somebody else was first.
  virtual Result<bool> replace(std::string_view name, std::int64_t expected, std::string_view content) = 0;
};

}  // namespace postroom::ports
