// The command line of callbacks.
#pragma once

#include "cli/letter_care_arguments.h"

namespace postroom::cli {

// Everything below "callback".
void add_callbacks(CLI::App* callback, const AddWord& add);

}  // namespace postroom::cli
