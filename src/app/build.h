// Turns settings into parts.
#pragma once

#include <memory>

#include "app/parts.h"

namespace postroom::app {

// Data folder, key ring, database, blobs, providers. Errors name the setting or path and the remedy.
Result<std::unique_ptr<Parts>> build_parts(Settings settings);
// invalid_input, with the remedy, for a provider 'sandbox' where sandbox providers are not allowed.
Result<void> require_sandbox(const Parts& parts, std::string_view setting, std::string_view remedy);
// The flows over them.
Result<void> build_flows(Parts& parts);
// What each kind of task does, how it is retried, and when the recurring ones are due.
void build_tasks(Parts& parts);

}  // namespace postroom::app
