// Answers for people.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace postroom::cli {

// A table for lists, lines "name  value" for one thing; ends with a newline.
std::string describe(std::string_view command, const json::value& answer);

}  // namespace postroom::cli
