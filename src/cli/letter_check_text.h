// What is said about a letter that was checked.
#pragma once

#include <string>

#include "base/json.h"
#include "flows/letter_check/letter_check.h"

namespace postroom::cli {

std::string letter_check_text(const std::string& file_name, const flows::CheckedLetter& letter);
json::object letter_check_json(const flows::CheckedLetter& letter);

}  // namespace postroom::cli
