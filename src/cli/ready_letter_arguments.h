// The command line of letters that come as PDF, and of templates' attachments.
#pragma once

#include "cli/letter_care_arguments.h"

namespace postroom::cli {

void add_ready_letters(CLI::App* letters, const AddWord& add);
void add_attachments(CLI::App* template_group, const AddWord& add);

}  // namespace postroom::cli
