// UUIDs in the 22 characters of base64url without padding (RFC 4648 section 5), for addresses of pages and links.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace postroom {

std::string short_uuid(const Uuid& uuid);
// Nothing when `text` is not exactly what short_uuid() makes.
std::optional<Uuid> parse_short_uuid(std::string_view text);

}  // namespace postroom
