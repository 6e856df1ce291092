// Brings a database to the program's schema.
#pragma once

#include <span>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "adapters/store_common/migration.h"
#include "base/clock.h"
#include "base/result.h"

namespace postroom::sqlite {

using store_common::Migration;

// migrations/sqlite, by number, as built into the program.
std::vector<Migration> embedded_migrations();

// rejected when the file holds another program's tables. Only reads.
Result<void> check_owner(Connection& connection);

// Applies what is missing, each migration in a transaction of its own, and records it with a checksum. Errors:
// rejected when the database is newer than the program, corrupt when an applied migration differs from the
// program's. Throws DatabaseError.
Result<void> migrate(Connection& connection, std::span<const Migration> migrations, const Clock& clock);

// Number of the newest applied migration; 0 for an empty database.
int schema_version(Connection& connection);

}  // namespace postroom::sqlite
