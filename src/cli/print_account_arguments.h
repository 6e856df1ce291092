// The command line of our account at the print house's HTTP service.
#pragma once

#include "cli/letter_care_arguments.h"

namespace postroom::cli {

void add_print_account(CLI::App* account, const AddWord& add);

}  // namespace postroom::cli
