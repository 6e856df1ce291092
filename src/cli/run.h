// Runs what the command line asked for.
#pragma once

#include "cli/arguments.h"

namespace postroom::cli {

// The process's exit code: 0, 1 for a failure (one line on standard error says why and what to do), 2 for a
// command line that makes no sense.
int run(int argc, char** argv);

// One file each.
int run_serve(const Invocation& invocation);
int run_config(const Invocation& invocation);  // config show, config check, migrate
int run_print_house(const Invocation& invocation);
int run_render(const Invocation& invocation);
int run_check_recipients(const Invocation& invocation);
int run_check_letter(const Invocation& invocation);
int run_remote(const Invocation& invocation);  // everything in app/commands.h

// Prints "postroom: MESSAGE" on standard error.
int fail_with(const Error& error);

}  // namespace postroom::cli
