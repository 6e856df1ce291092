#include "adapters/sqlite/unsubscribe_store.h"

#include <algorithm>

namespace postroom::sqlite {

using store_common::kUnsubscribeColumns;
using store_common::read_unsubscribe;
using store_common::unsubscribe_context;

namespace {

const std::string kAdd = "INSERT INTO unsubscribe_request(" + kUnsubscribeColumns +
                         ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
const std::string kList = "SELECT " + kUnsubscribeColumns +
                          " FROM unsubscribe_request WHERE service_id = ?1 AND requested_at >= ?2 "
                          "ORDER BY requested_at DESC, notification_id DESC LIMIT ?3";

}  // namespace

Result<bool> UnsubscribeStore::add(const ports::UnsubscribeRequest& r) {
  const Bytes address = store_.seal(r.email_address, unsubscribe_context(r.notification_id));
  return store_.writer.run([&](Transaction& transaction) -> Result<bool> {
    return transaction.connection.run(kAdd, r.notification_id, r.service_id, r.template_id, r.template_version,
                                      r.sent_at, r.requested_at, Blob{address}) > 0;
  });
}

Result<std::vector<ports::UnsubscribeRequest>> UnsubscribeStore::list(ServiceId service,
                                                                      std::optional<UtcTime> since, int limit) {
  using Requests = std::vector<ports::UnsubscribeRequest>;
  return store_.readers.run([&](Connection& connection) -> Result<Requests> {
    Requests out;
    Cursor row = connection.query(kList, service, since.value_or(UtcTime{}),
                                  std::clamp(limit, 0, ports::kUnsubscribeListMax));
    while (row.next()) {
      POSTROOM_TRY(request, read_unsubscribe(store_.key_ring, row));
      out.push_back(std::move(request));
    }
    return out;
  });
}

}  // namespace postroom::sqlite
