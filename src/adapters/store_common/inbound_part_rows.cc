#include "adapters/store_common/inbound_part_rows.h"

#include <fmt/format.h>

#include "adapters/store_common/sealing.h"
#include "base/bytes.h"
#include "base/json.h"

namespace postroom::store_common {

std::string join_key(const KeyRing& key_ring, const ports::InboundPart& part) {
  return fmt::format("{}:{}:{}:{}:{}", part.provider, part.number, to_hex(recipient_hash(key_ring, part.sender)),
                     part.reference, part.parts);
}

std::string personal_part(const ports::InboundPart& part) {
  return write_json(json::object{{"provider", part.provider},
                                 {"number", part.number},
                                 {"sender", part.sender},
                                 {"reference", part.reference},
                                 {"parts", part.parts},
                                 {"part", part.part},
                                 {"content", part.content}});
}

Result<ports::InboundPart> open_part(const KeyRing& key_ring, const SealedPart& sealed) {
  POSTROOM_TRY(opened, key_ring.open(sealed.personal, sealed.join_key));
  auto document = parse_json(opened);
  const json::object* o = document ? document->if_object() : nullptr;
  if (o == nullptr) return fail(ErrorKind::corrupt, "a part of a received text does not read back");
  auto number = [&](std::string_view name) { return static_cast<int>(get_int(*o, name).value_or(0)); };
  return ports::InboundPart{.provider = get_string(*o, "provider").value_or(""),
                            .number = get_string(*o, "number").value_or(""),
                            .sender = get_string(*o, "sender").value_or(""),
                            .reference = number("reference"),
                            .parts = number("parts"),
                            .part = number("part"),
                            .created_at = sealed.created_at,
                            .content = get_string(*o, "content").value_or("")};
}

}  // namespace postroom::store_common
