#include "adapters/sqlite/migrate.h"

namespace postroom::sqlite {
namespace {

// Marks the file as ours in its header ("Post" in ASCII), for `file` and for not touching other programs' data.
constexpr int kApplicationId = 0x506F7374;

Result<void> check_applied(Connection& connection, std::span<const Migration> migrations) {
  Cursor applied = connection.query("SELECT number, name, checksum FROM schema_migration ORDER BY number");
  while (applied.next()) {
    const int number = applied.small();
    const std::string name = applied.text();
    POSTROOM_CHECK(store_common::check_applied(number, name, applied.text(), migrations));
  }
  return {};
}

bool has_tables(Connection& connection) { return connection.query("SELECT 1 FROM sqlite_schema LIMIT 1").next(); }

int application_id(Connection& connection) {
  Cursor cursor = connection.query("PRAGMA application_id");
  return cursor.next() ? cursor.small() : 0;
}

}  // namespace

int schema_version(Connection& connection) {
  Cursor cursor = connection.query("SELECT coalesce(max(number), 0) FROM schema_migration");
  return cursor.next() ? cursor.small() : 0;
}

Result<void> check_owner(Connection& connection) {
  if (application_id(connection) == kApplicationId || !has_tables(connection)) return {};
  return fail(ErrorKind::rejected, "it is a database of another program: give postroom a file of its own");
}

Result<void> migrate(Connection& connection, std::span<const Migration> migrations, const Clock& clock) {
  POSTROOM_CHECK(check_owner(connection));
  if (application_id(connection) != kApplicationId) {
    connection.script("BEGIN IMMEDIATE; PRAGMA application_id = " + std::to_string(kApplicationId) +
                      "; CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum "
                      "TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT; COMMIT");
  }
  POSTROOM_CHECK(check_applied(connection, migrations));
  const int present = schema_version(connection);
  for (const Migration& migration : migrations) {
    if (migration.number <= present) continue;
    connection.script("BEGIN IMMEDIATE");
    try {
      connection.script(migration.sql);
      connection.run("INSERT INTO schema_migration(number, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)",
                     migration.number, migration.name, checksum(migration), clock.now());
      connection.script("COMMIT");
    } catch (const DatabaseError&) {
      if (connection.in_transaction()) connection.script("ROLLBACK");
      throw;
    }
  }
  return {};
}

}  // namespace postroom::sqlite
