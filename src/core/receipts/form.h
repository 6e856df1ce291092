// Fields of a form or of a flat JSON object, as providers post them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace postroom::receipts {

// Decoded already, in the order they came.
using Form = std::vector<std::pair<std::string, std::string>>;

// Longer fields than this are not what a provider sends; texts have a limit of their own.
inline constexpr std::size_t kFieldBytesMax = 255;

// One message for each field at fault; never empty where it stands for an error.
using Faults = std::vector<std::string>;

// The first field of that name; nothing when absent.
std::optional<std::string> form_field(const Form& form, std::string_view name);
// A string, or a whole number as text, for providers write both; nothing when absent, null or of another type.
std::optional<std::string> json_field(const json::object& object, std::string_view name);

}  // namespace postroom::receipts
