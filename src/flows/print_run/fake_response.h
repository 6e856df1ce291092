// Stands in for the print house where none is connected: answers for letters that are never printed.
#pragma once

#include <string>
#include <string_view>

#include "flows/print_run/responses.h"

namespace postroom::flows {

// Puts a response file for one letter into the bucket and processes it, as if the print house had sent it. Only
// where the flag `fakes_print_responses` is set: elsewhere the bucket carries real files, and this is forbidden.
// Gives the file's name. Repeating it does no harm.
Result<std::string> create_fake_response(const PrintRunPorts& ports, PrintResponses& responses,
                                         std::string_view reference, bool fakes_print_responses);

}  // namespace postroom::flows
