// The command line of looking into a letter that is a PDF.
#pragma once

#include "cli/letter_care_arguments.h"

namespace postroom::cli {

void add_letter_check(CLI::App* letters, const AddWord& add);

}  // namespace postroom::cli
