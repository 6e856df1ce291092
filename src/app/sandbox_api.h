// /_sandbox: what the sandbox providers received, its clock, faults and tickets. Added only where the flags
// allow it.
#pragma once

#include "app/clock_mover.h"
#include "app/parts.h"
#include "http/router.h"

namespace postroom::app {

void add_sandbox_api(http::Router& router, Parts& parts, ClockMover& mover);

// For every listener: an error as {"error": kind, "message": text} with the status of its kind.
http::Response error_response(const Error& error);

}  // namespace postroom::app
