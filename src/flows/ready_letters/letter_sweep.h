// Files around ready letters that are kept for a while only.
#pragma once

#include "base/clock.h"
#include "ports/blob_store.h"

namespace postroom::flows {

inline constexpr Duration kPreviewsKept = std::chrono::hours{7 * 24};
// Whatever waits for its checks is reported long before; what is this old has no letter any more.
inline constexpr Duration kScanFilesKept = std::chrono::hours{90 * 24};

// Removes originals after kOriginalsKept, previews, uploads that were not sent, and forgotten scan files. Gives how
// many.
Result<int> sweep_letter_files(ports::BlobStore& blobs, const Clock& clock);

}  // namespace postroom::flows
