#include "base/short_uuid.h"

#include "base/bytes.h"

namespace postroom {

std::string short_uuid(const Uuid& uuid) { return to_base64url(uuid.bytes()); }

std::optional<Uuid> parse_short_uuid(std::string_view text) {
  auto bytes = from_base64url(text);
  auto uuid = bytes ? Uuid::from_bytes(*bytes) : std::nullopt;
  // One text for each id: nothing may be appended, and no bit be free.
  if (!uuid || short_uuid(*uuid) != text) return std::nullopt;
  return uuid;
}

}  // namespace postroom
