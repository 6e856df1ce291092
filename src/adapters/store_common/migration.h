// Numbered SQL files, built into the program.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/key_ring.h"
#include "base/result.h"

namespace postroom::store_common {

struct Migration {
  int number;        // ascending; a number may be left out
  std::string name;  // file name
  std::string sql;
};

// Recorded with an applied migration, so that a changed file is noticed.
inline std::string checksum(const Migration& migration) { return to_hex(sha256(migration.sql)); }

// Compares one applied migration, as recorded, with the program's. rejected when the program does not know it,
// corrupt when it was applied with another text.
Result<void> check_applied(int number, std::string_view name, std::string_view recorded_checksum,
                           std::span<const Migration> migrations);

}  // namespace postroom::store_common
