// The command line of a letter's story and of letters printed at hand.
#pragma once

#include "cli/letter_care_arguments.h"

namespace postroom::cli {

// "letters explain", "letters printed", "letters reprint".
void add_printing(CLI::App* letters, const AddWord& add);

}  // namespace postroom::cli
