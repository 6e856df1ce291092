// JSON documents that callers of the API send.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace postroom::notifications {

// Values in messages are cut to this many bytes: a caller needs to recognise them, not to get them back.
inline constexpr std::size_t kEchoBytesMax = 2000;

// Parses a body whatever its Content-Type said. As parse_json(), and: integers of any length keep their digits
// where they are values for a message, which makes them strings there; a document that says nothing (null, false,
// 0, "", [], {}) is an empty object. invalid_input when it is not JSON.
Result<json::value> parse_request_json(std::string_view body);

// The first member of `object` that holds a NUL character anywhere, or nothing. They cannot be printed or stored
// everywhere, so they are refused at the door. `body` is the text the object was parsed from.
std::optional<std::string> member_with_nul(const json::object& object, std::string_view body);

// A value as messages show it: None, True, 5, [1, text], {a: 1}; quotes are left out; cut to kEchoBytesMax.
std::string printable(const json::value& value);

}  // namespace postroom::notifications
