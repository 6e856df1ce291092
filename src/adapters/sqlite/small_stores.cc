#include "adapters/sqlite/small_stores.h"

namespace postroom::sqlite {

Result<bool> LeaseStore::acquire(std::string_view name, std::string_view owner, UtcTime now, Duration ttl) {
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    return transaction.connection.run(
               "INSERT INTO lease(name, owner, until) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET "
               "owner = excluded.owner, until = excluded.until WHERE lease.owner = excluded.owner OR lease.until "
               "<= ?4",
               name, owner, now + ttl, now) > 0;
  });
}

Result<void> LeaseStore::release(std::string_view name, std::string_view owner) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    transaction.connection.run("DELETE FROM lease WHERE name = ?1 AND owner = ?2", name, owner);
    return {};
  });
}

Result<std::vector<ports::ScheduleStore::Fired>> ScheduleStore::last_fired() {
  return store_.readers.run([&](Connection& connection) -> Result<std::vector<Fired>> {
    std::vector<Fired> out;
    Cursor row = connection.query("SELECT name, fired_at FROM schedule ORDER BY name");
    while (row.next()) {
      std::string name = row.text();
      out.push_back({std::move(name), row.time()});
    }
    return out;
  });
}

Result<bool> ScheduleStore::fire(std::string_view name, std::optional<UtcTime> expected, UtcTime at,
                                 std::span<const ports::NewTask> tasks) {
  POSTROOM_CHECK(check_tasks(tasks));
  const auto prepared = store_.prepare(tasks);
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    Connection& connection = transaction.connection;
    const int changed =
        expected ? connection.run("UPDATE schedule SET fired_at = ?3 WHERE name = ?1 AND fired_at = ?2", name,
                                  expected, at)
                 : connection.run("INSERT INTO schedule(name, fired_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                                  name, at);
    if (changed == 0) return false;
    insert_tasks(transaction, prepared);
    return true;
  });
}

Result<std::optional<std::string>> StateStore::get(std::string_view name) {
  using Value = std::optional<std::string>;
  return store_.readers.run([&](Connection& connection) -> Result<Value> {
    Cursor row = connection.query("SELECT value FROM state WHERE name = ?1", name);
    return row.next() ? Value(row.text()) : Value();
  });
}

Result<void> StateStore::put(std::string_view name, std::string_view value) {
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    transaction.connection.run(
        "INSERT INTO state(name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name, value);
    return {};
  });
}

}  // namespace postroom::sqlite
