// Numbered SQL files, built into the program.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/key_ring.h"

namespace postroom::store_common {

struct Migration {
  int number;        // from 1, without gaps
  std::string name;  // file name
  std::string sql;
};

// Recorded with an applied migration, so that a changed file is noticed.
inline std::string checksum(const Migration& migration) { return to_hex(sha256(migration.sql)); }

}  // namespace postroom::store_common
