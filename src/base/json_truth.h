// Which JSON values say nothing, where any type is taken.
#pragma once

#include "base/json.h"

namespace postroom {

// null, false, zero, and texts, arrays and objects that are empty.
bool says_nothing(const json::value& value);

}  // namespace postroom
