// A letter as plain text, for terminals.
#pragma once

#include <string>

#include "ports/letter_renderer.h"

namespace postroom::cli {

// Address, sender, date, heading and text in the order they are read; ends with a newline.
std::string letter_text(const ports::LetterInput& letter);

}  // namespace postroom::cli
