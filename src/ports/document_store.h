// Files that travel by email as links: who sent them and until when they are kept. The files themselves are blobs.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::ports {

struct DocumentRecord {
  DocumentId id;
  ServiceId service_id;
  NotificationId notification_id;  // of the message that holds the link
  std::int64_t byte_count = 0;
  UtcTime created_at;
  UtcTime expires_at;    // not given out from then on
  bool is_kept = false;  // its message is known to be stored
  int download_count = 0;
  std::optional<UtcTime> downloaded_at;  // last
  Bytes details;                         // encrypted with the key in the link; sealed once more at rest

  friend bool operator==(const DocumentRecord&, const DocumentRecord&) = default;
};

// Safe from several threads. retry_later when the database is busy or away.
class DocumentStore {
 public:
  virtual ~DocumentStore() = default;
  virtual Result<void> create(const DocumentRecord& record) = 0;  // conflict when the id exists
  virtual Result<DocumentRecord> find(DocumentId id) = 0;         // not_found
  virtual Result<std::vector<DocumentRecord>> list(ServiceId service, int limit) = 0;  // newest first
  virtual Result<std::vector<DocumentRecord>> expired(UtcTime now,
                                                      int limit) = 0;  // expires_at <= now, oldest first
  virtual Result<std::vector<DocumentRecord>> not_kept(UtcTime before,
                                                       int limit) = 0;  // created before, oldest first
  virtual Result<void> keep(std::span<const DocumentId> ids) = 0;       // absent ones are no error
  virtual Result<void> remove(std::span<const DocumentId> ids) = 0;     // absent ones are no error
  virtual Result<void> count_download(DocumentId id, UtcTime at) = 0;   // absent is no error

  // Guesses at the recipient's address. Takes one of `tries_max` within the `window` that begins with the first:
  // nothing when there was one left, else when the window ends. Exact under concurrency. not_found.
  virtual Result<std::optional<UtcTime>> take_try(DocumentId id, UtcTime now, int tries_max, Duration window) = 0;
  virtual Result<void> clear_tries(DocumentId id) = 0;  // absent is no error
};

}  // namespace postroom::ports
