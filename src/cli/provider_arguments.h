// The command line of providers of texts.
#pragma once

#include "cli/letter_care_arguments.h"

namespace postroom::cli {

void add_provider(CLI::App* provider, const AddWord& add);
// `app`: the whole command line.
void add_processing_time(CLI::App* app, const AddWord& add);

}  // namespace postroom::cli
