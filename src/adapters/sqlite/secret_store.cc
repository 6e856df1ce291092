#include "adapters/sqlite/secret_store.h"

namespace postroom::sqlite {

using store_common::secret_context;

Result<std::optional<ports::StoredSecret>> SecretStore::find(std::string_view name) {
  using Found = std::optional<ports::StoredSecret>;
  POSTROOM_TRY(found, store_.readers.run([&](Connection& connection) -> Result<Found> {
    Cursor row = connection.query("SELECT content, version FROM secret WHERE name = ?1", name);
    if (!row.next()) return Found();
    Bytes sealed = row.bytes();
    return Found({std::move(sealed), row.integer()});
  }));
  if (!found) return found;
  auto opened = store_.key_ring.open(found->content, secret_context(name));
  if (!opened) return fail_in("secret " + std::string(name), std::move(opened).error());
  found->content = std::move(*opened);
  return found;
}

Result<bool> SecretStore::replace(std::string_view name, std::int64_t expected, std::string_view content) {
  const Bytes sealed = store_.seal(content, secret_context(name));
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    Connection& connection = transaction.connection;
    if (expected == 0) {
      return connection.run("INSERT INTO secret(name, version, content) VALUES (?1, 1, ?2) ON CONFLICT DO NOTHING",
                            name, Blob{sealed}) > 0;
    }
    return connection.run("UPDATE secret SET version = version + 1, content = ?3 WHERE name = ?1 AND version = ?2",
                          name, expected, Blob{sealed}) > 0;
  });
}

}  // namespace postroom::sqlite
