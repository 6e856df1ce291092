// Repeats what was lost after a zip had been sent.
#pragma once

#include "flows/print_run/zip_and_send.h"

namespace postroom::flows {

struct ReconcileSummary {
  int zips = 0;     // that still had waiting letters
  int letters = 0;  // moved to sending now
  int errors = 0;   // zips that could not be completed; the next run tries again
};

// Letters of uploaded zips that still are created become sending. Harmless at any time and from several places.
// retry_later when the store is away.
Result<ReconcileSummary> reconcile_zips(const PrintRunPorts& ports, ZipSender& sender);

}  // namespace postroom::flows
