// Record files at the stub print house: letters as lines of text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fakes/print_house.h"

namespace postroom::fakes {

// The letters of a sound record file; its faults, one sentence each, otherwise.
tl::expected<std::vector<PrintedLetter>, std::vector<std::string>> inspect_records(const std::string& file_name,
                                                                                   std::string_view content);

}  // namespace postroom::fakes
