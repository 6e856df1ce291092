// Opens the PostgreSQL database behind all stores.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/key_ring.h"
#include "base/random.h"
#include "base/result.h"
#include "ports/database.h"

namespace postroom::postgres {

// One that writes, one that writes in bulk, one that reads, one that listens.
constexpr int kConnectionsMin = 4;
// More would share the work without doing more of it: each already sends many callers' work at once.
constexpr int kWritersMax = 4;

struct OpenOptions {
  std::string url;          // postgresql://user:password@host:port/name?…, as libpq reads it
  int connections = 8;      // of this process, all together; at least kConnectionsMin are used
  const KeyRing& key_ring;  // all three must outlive the database
  Random& random;
  const Clock& clock;  // for "enqueued at", "buried at" and the migrations' times
};

// Connects and brings the schema up to date; several processes may share the database. Every message names the
// place (without the password) and the remedy. Errors: invalid_input (not a PostgreSQL URL), retry_later (server
// away or too busy), rejected (login, rights, encoding, a newer schema, another program's database), corrupt
// (schema differs from the program's). Later a server that goes away makes calls fail with retry_later until it
// is back; nothing needs to be opened again. Calls on the stores must have returned before the database is
// destroyed.
Result<std::unique_ptr<ports::Database>> open(const OpenOptions& options);

}  // namespace postroom::postgres
