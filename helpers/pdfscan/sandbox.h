// Takes from this process everything but reading its standard input, writing its standard output, memory and time.
#pragma once

#include <string>

#include "adapters/pdfscan/wire.h"

namespace postroom::pdfscan {

// For the rest of the process's life. False when the system refuses any of it: nothing may be read then. In builds
// with sanitizers only the limits that they can live with are set.
bool enter_sandbox(const Allowance& allowance);

// Tries what a hostile file would try, in the sandbox; one line "NAME: refused" or "NAME: ALLOWED" each.
std::string try_forbidden();

}  // namespace postroom::pdfscan
