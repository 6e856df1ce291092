#include "adapters/postgres/suppression_store.h"

#include <algorithm>

#include "adapters/store_common/suppression_rows.h"

namespace postroom::postgres {

using ports::Suppression;
using store_common::kSuppressionColumns;
using store_common::read_suppression;
using store_common::suppression_context;
using store_common::suppression_hash;

namespace {

const std::string kPut = "INSERT INTO email_suppression(" + kSuppressionColumns +
                         ") VALUES ($1, $2, $3, $4, $5, $6, $7) "
                         "ON CONFLICT(address_hash, service_id) DO UPDATE SET reason = excluded.reason, "
                         "detail = excluded.detail, notification_id = excluded.notification_id, "
                         "created_at = excluded.created_at, address = excluded.address";
const std::string kSelect = "SELECT " + kSuppressionColumns + " FROM email_suppression ";
const std::string kFind = kSelect +
                          "WHERE address_hash = $1 AND service_id IN ($2, $3) AND created_at >= $4 "
                          "ORDER BY created_at DESC, service_id LIMIT 1";
const std::string kListAll = kSelect + "ORDER BY created_at DESC, address_hash LIMIT $1";
const std::string kList = kSelect + "WHERE service_id = $1 ORDER BY created_at DESC, address_hash LIMIT $2";
const std::string kRemoveOlder =
    "DELETE FROM email_suppression WHERE (address_hash, service_id) IN (SELECT address_hash, service_id "
    "FROM email_suppression WHERE created_at < $1 LIMIT $2)";

}  // namespace

Result<void> SuppressionStore::put(const Suppression& s) {
  const Bytes hash = suppression_hash(store_.key_ring, s.address);
  const Bytes address = store_.seal(s.address, suppression_context(hash, s.service_id));
  POSTROOM_CHECK(store_.pool.write([&](Connection& connection) -> Result<int> {
    return static_cast<int>(connection.run(kPut, Blob{hash}, s.service_id, static_cast<int>(s.reason), s.detail,
                                           s.notification_id, s.created_at, Blob{address}));
  }));
  return {};
}

Result<std::optional<Suppression>> SuppressionStore::find(ServiceId service, std::string_view address,
                                                          UtcTime since) {
  using Found = std::optional<Suppression>;
  const Bytes hash = suppression_hash(store_.key_ring, address);
  return store_.pool.read([&](Connection& connection) -> Result<Found> {
    Rows row = connection.query(kFind, Blob{hash}, service, ServiceId{}, since);
    if (!row.next()) return Found();
    POSTROOM_TRY(found, read_suppression(store_.key_ring, row));
    return Found(std::move(found));
  });
}

Result<std::vector<Suppression>> SuppressionStore::list(std::optional<ServiceId> service, int limit) {
  const int bounded = std::clamp(limit, 0, ports::kSuppressionListMax);
  return store_.pool.read([&](Connection& connection) -> Result<std::vector<Suppression>> {
    std::vector<Suppression> out;
    Rows row = service ? connection.query(kList, *service, bounded) : connection.query(kListAll, bounded);
    while (row.next()) {
      POSTROOM_TRY(one, read_suppression(store_.key_ring, row));
      out.push_back(std::move(one));
    }
    return out;
  });
}

Result<int> SuppressionStore::remove(std::string_view address, std::optional<ServiceId> service) {
  const Bytes hash = suppression_hash(store_.key_ring, address);
  return store_.pool.write([&](Connection& connection) -> Result<int> {
    if (!service)
      return static_cast<int>(connection.run("DELETE FROM email_suppression WHERE address_hash = $1", Blob{hash}));
    return static_cast<int>(connection.run(
        "DELETE FROM email_suppression WHERE address_hash = $1 AND service_id = $2", Blob{hash}, *service));
  });
}

Result<int> SuppressionStore::remove_before(UtcTime time) {
  return store_.pool.write([&](Connection& connection) -> Result<int> {
    return static_cast<int>(connection.run(kRemoveOlder, time, ports::kSuppressionListMax));
  });
}

}  // namespace postroom::postgres
