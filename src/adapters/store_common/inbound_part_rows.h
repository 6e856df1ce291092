// Rows of parts of received texts, as both databases read them; see rows.h.
#pragma once

#include <string>

#include "base/key_ring.h"
#include "ports/inbound_part_store.h"

namespace postroom::store_common {

// Tells which parts belong together without telling who sent them; also what the sealed part is bound to.
std::string join_key(const KeyRing& key_ring, const ports::InboundPart& part);
// All of the part but its time, as JSON.
std::string personal_part(const ports::InboundPart& part);

struct SealedPart {
  std::string join_key;
  UtcTime created_at;
  Bytes personal;
};
// corrupt when the personal part was altered or moved from another row.
Result<ports::InboundPart> open_part(const KeyRing& key_ring, const SealedPart& sealed);

template <typename Row>
SealedPart read_part(Row& row) {
  SealedPart out;
  out.join_key = row.text();
  out.created_at = row.time();
  out.personal = row.bytes();
  return out;
}

}  // namespace postroom::store_common
