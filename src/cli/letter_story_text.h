// A letter's story for people.
#pragma once

#include <string>

#include "base/json.h"

namespace postroom::cli {

// The answer of "letters explain" as text; ends with a newline.
std::string letter_story_text(const json::object& story);

}  // namespace postroom::cli
