// The command line of emails' keys and of what comes back.
#pragma once

#include "cli/letter_care_arguments.h"

namespace postroom::cli {

void add_dkim(CLI::App* dkim, const AddWord& add);
void add_email(CLI::App* email, const AddWord& add);
void add_suppression(CLI::App* suppression, const AddWord& add);

}  // namespace postroom::cli
