#include "adapters/postgres/inbound_part_store.h"

#include "adapters/store_common/inbound_part_rows.h"

namespace postroom::postgres {

using ports::InboundPart;
using store_common::join_key;
using store_common::SealedPart;

Result<std::vector<InboundPart>> InboundPartStore::add_part(const InboundPart& part) {
  const std::string key = join_key(store_.key_ring, part);
  const Bytes personal = store_.seal(store_common::personal_part(part), key);
  POSTROOM_TRY(rows, store_.pool.write([&](Connection& connection) -> Result<std::vector<SealedPart>> {
    // One part after the other, or the last two at once would each miss the other.
    connection.query("SELECT pg_advisory_xact_lock(hashtext($1))", key);
    connection.run(
        "INSERT INTO inbound_part(join_key, part, created_at, personal) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING",
        key, part.part, part.created_at, Blob{personal});
    std::vector<SealedPart> out;
    Rows row = connection.query(
        "SELECT join_key, created_at, personal FROM inbound_part WHERE join_key = $1 ORDER BY part", key);
    while (row.next()) out.push_back(store_common::read_part(row));
    return out;
  }));
  std::vector<InboundPart> parts;
  for (const SealedPart& sealed : rows) {
    POSTROOM_TRY(opened, store_common::open_part(store_.key_ring, sealed));
    parts.push_back(std::move(opened));
  }
  return parts;
}

Result<void> InboundPartStore::remove_parts(const InboundPart& part) {
  const std::string key = join_key(store_.key_ring, part);
  return store_.pool.write([&](Connection& connection) -> Result<void> {
    connection.run("DELETE FROM inbound_part WHERE join_key = $1", key);
    return {};
  });
}

Result<std::optional<InboundPart>> InboundPartStore::oldest_part(UtcTime before) {
  using Found = std::optional<SealedPart>;
  POSTROOM_TRY(found, store_.pool.read([&](Connection& connection) -> Result<Found> {
    Rows row = connection.query(
        "SELECT join_key, created_at, personal FROM inbound_part WHERE created_at < $1 ORDER BY created_at LIMIT 1",
        before);
    return row.next() ? Found(store_common::read_part(row)) : Found();
  }));
  if (!found) return std::optional<InboundPart>();
  POSTROOM_TRY(part, store_common::open_part(store_.key_ring, *found));
  return std::optional(std::move(part));
}

}  // namespace postroom::postgres
