// Values that settings name by a path, in documents of others.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace postroom {

// The text, number or truth value at "a.b.0", where a number is the place in a list; nothing when there is none.
std::optional<std::string> json_text_at(const json::value& document, std::string_view path);

}  // namespace postroom
