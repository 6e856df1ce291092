#include "adapters/postgres/migrate.h"

#include <fmt/format.h>

namespace postroom::postgres {
namespace {

// "Postroom" in ASCII: the number of our advisory lock.
constexpr std::int64_t kMigrationLock = 0x506F7374726F6F6D;

bool has_our_tables(Connection& connection) {
  return connection
      .query("SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_migration'")
      .next();
}

Result<void> check_database(Connection& connection) {
  Rows encoding = connection.query(
      "SELECT pg_encoding_to_char(encoding)::text FROM pg_database WHERE datname = current_database()");
  if (encoding.next()) {
    if (std::string name = encoding.text(); name != "UTF8") {
      return fail(ErrorKind::rejected, fmt::format("the database's encoding is {}, it must be UTF8: make one with "
                                                   "createdb --encoding=UTF8 --template=template0",
                                                   name));
    }
  }
  if (has_our_tables(connection)) return {};
  Rows other =
      connection.query("SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() LIMIT 1");
  if (other.next()) {
    return fail(ErrorKind::rejected,
                fmt::format("it holds another program's table '{}': give postroom a database of its "
                            "own",
                            other.text()));
  }
  return {};
}

Result<void> check_applied(Connection& connection, std::span<const Migration> migrations) {
  Rows applied = connection.query("SELECT number, name, checksum FROM schema_migration ORDER BY number");
  while (applied.next()) {
    const int number = applied.small();
    const std::string name = applied.text();
    POSTROOM_CHECK(store_common::check_applied(number, name, applied.text(), migrations));
  }
  return {};
}

void apply(Connection& connection, const Migration& migration, const Clock& clock) {
  try {
    connection.script("BEGIN");
    connection.script(migration.sql);
    connection.run("INSERT INTO schema_migration(number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
                   migration.number, migration.name, checksum(migration), clock.now());
    connection.script("COMMIT");
  } catch (const DatabaseError& error) {
    if (!error.is_connection_lost()) connection.script("ROLLBACK");
    throw;
  }
}

}  // namespace

int schema_version(Connection& connection) {
  Rows row = connection.query("SELECT coalesce(max(number), 0) FROM schema_migration");
  return row.next() ? row.small() : 0;
}

Result<void> migrate(Connection& connection, std::span<const Migration> migrations, const Clock& clock) {
  // Building an index over years of notifications takes its time.
  connection.script("SET statement_timeout = 0; SET lock_timeout = 0");
  connection.query("SELECT 1 FROM pg_advisory_lock($1)", kMigrationLock);
  struct Unlock {
    ~Unlock() {
      try {
        connection.query("SELECT pg_advisory_unlock($1)", kMigrationLock);
      } catch (const DatabaseError&) {
        // The session is gone, and the lock with it.
      }
    }
    Connection& connection;
  } unlock{connection};
  POSTROOM_CHECK(check_database(connection));
  connection.script(
      "CREATE TABLE IF NOT EXISTS schema_migration (number integer PRIMARY KEY, name text NOT NULL, checksum text "
      "NOT "
      "NULL, applied_at bigint NOT NULL)");
  POSTROOM_CHECK(check_applied(connection, migrations));
  const int present = schema_version(connection);
  for (const Migration& migration : migrations) {
    if (migration.number > present) apply(connection, migration, clock);
  }
  return {};
}

}  // namespace postroom::postgres
