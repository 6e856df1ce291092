// Brings a database to the program's schema.
#pragma once

#include <span>
#include <vector>

#include "adapters/postgres/connection.h"
#include "adapters/store_common/migration.h"
#include "base/clock.h"
#include "base/result.h"

namespace postroom::postgres {

using store_common::Migration;

// migrations/postgres, by number, as built into the program.
std::vector<Migration> embedded_migrations();

// Applies what is missing, each migration in a transaction of its own, and records it with a checksum. Of several
// processes that start together one migrates and the others wait for it. Errors: rejected when the database is
// newer than the program, holds another program's tables or is not in UTF-8; corrupt when an applied migration
// differs from the program's. Throws DatabaseError.
Result<void> migrate(Connection& connection, std::span<const Migration> migrations, const Clock& clock);

// Number of the newest applied migration.
int schema_version(Connection& connection);

}  // namespace postroom::postgres
