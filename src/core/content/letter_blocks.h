// From the HTML of a letter's body, which this folder wrote itself, to blocks. Internal to letter.cc.
#pragma once

#include <string_view>
#include <vector>

#include "core/content/letter.h"

namespace postroom::content {

std::vector<LetterBlock> letter_blocks(std::string_view html);

}  // namespace postroom::content
