// Raw bytes are std::string: libraries on both sides speak it, and it owns its memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postroom {

using Bytes = std::string;
using BytesView = std::string_view;

std::string to_hex(BytesView bytes);                   // lower case
std::optional<Bytes> from_hex(std::string_view text);  // either case; nothing when ill-formed
std::string to_base64(BytesView bytes);                // RFC 4648 section 4, padded
std::string to_base64url(BytesView bytes);             // RFC 4648 section 5, not padded
// Strict: canonical alphabet, right padding. Nothing when ill-formed.
std::optional<Bytes> from_base64(std::string_view text);
// Accepts with and without padding. Nothing when ill-formed.
std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace postroom
