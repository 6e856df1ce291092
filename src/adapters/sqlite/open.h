// Opens the SQLite database behind all stores.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/key_ring.h"
#include "base/random.h"
#include "base/result.h"
#include "ports/database.h"

namespace postroom::sqlite {

// Files up to this size are checked page by page when opened; larger ones would make every start slow, and
// SQLite notices damage there when it meets it.
constexpr std::uint64_t kQuickCheckBytesMax = 32 * 1024 * 1024;

struct OpenOptions {
  std::string path;         // of the database file; -wal, -shm and .lock lie beside it
  const KeyRing& key_ring;  // all three must outlive the database
  Random& random;
  const Clock& clock;  // for "enqueued at", "buried at" and the migrations' times
  // Gives back what an earlier process had claimed when it died: the file's lock says that nobody works on it. Its
  // tasks then run at once instead of when their leases end.
  bool release_claims = false;
};

// Creates the file when there is none, brings its schema up to date, and keeps a lock so that no second process
// writes. Every message names the path and the remedy. Errors: invalid_input (folder absent or not writable),
// conflict (another process has it open), corrupt (not a database, or damaged; the file is left as it is),
// rejected (written by a newer postroom, or another program's), retry_later (disk full and the like).
// Calls on the stores must have returned before the database is destroyed.
Result<std::unique_ptr<ports::Database>> open(const OpenOptions& options);

}  // namespace postroom::sqlite
