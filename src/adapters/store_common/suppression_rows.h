// Rows of addresses that are not written to, as both databases read them; see rows.h.
#pragma once

#include <string>

#include "adapters/store_common/codes.h"
#include "base/key_ring.h"
#include "ports/suppression_store.h"

namespace postroom::store_common {

template <>
inline constexpr int kCodeCount<ports::SuppressionReason> = 3;

inline const std::string kSuppressionColumns =
    "address_hash, service_id, reason, detail, notification_id, created_at, address";

// Found by the same words whichever service asks. Bound to the place in the table, not only to the table.
inline Bytes suppression_hash(const KeyRing& key_ring, std::string_view address) {
  return key_ring.lookup_hash(address, "suppression");
}
inline std::string suppression_context(BytesView hash, ServiceId service) {
  return "suppression:" + to_hex(hash) + ":" + service.text();
}

template <typename Row>
Result<ports::Suppression> read_suppression(const KeyRing& key_ring, Row& row) {
  ports::Suppression out;
  const Bytes hash = row.bytes();
  out.service_id = row.template id<ServiceId>();
  out.reason = row.template enumerator<ports::SuppressionReason>();
  out.detail = row.text();
  out.notification_id = row.template id<NotificationId>();
  out.created_at = row.time();
  auto address = key_ring.open(row.bytes(), suppression_context(hash, out.service_id));
  if (!address) return fail(address.error().kind, "a suppressed address: " + address.error().message);
  out.address = std::move(*address);
  return out;
}

}  // namespace postroom::store_common
