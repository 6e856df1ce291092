// The database on another host.
#pragma once

#include <string_view>

#include "app/parts.h"

namespace postroom::app {

// Opens the PostgreSQL database at `url` and puts it into `parts`.
Result<void> open_remote_database(Parts& parts, std::string_view url);

}  // namespace postroom::app
