// The print house's list of letters that came back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postroom::letters {

inline constexpr std::size_t kReturnedReferencesMax = 500'000;

// One reference a line, or a CSV file whose first column it is; blank lines and a first line "reference" are left
// out, quotes and white space around a reference too. Each once, in the order of the file. invalid_input names the
// line of anything else, and a list that is too long: nothing of it is taken then.
Result<std::vector<std::string>> parse_returned_list(std::string_view text);

}  // namespace postroom::letters
