// Record files that nobody needs any more.
#pragma once

#include "flows/print_run/record_ports.h"

namespace postroom::flows {

// From when on a file's content is removed.
inline constexpr Duration kRecordFilesKept = std::chrono::hours{24 * 9};

// Removes the content of record files older than that, but for those of jobs that are ready to send or in error,
// and of files that still are to be uploaded. Gives how many. retry_later when a store is away.
Result<int> sweep_record_files(const RecordPorts& ports);

}  // namespace postroom::flows
