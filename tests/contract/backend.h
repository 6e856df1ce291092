// The stores that the contract suite runs on. A backend registers itself with a factory in a file of its own:
//
//   const bool registered = register_backend("sqlite", [] { return make_sqlite_backend(); });
//
// A factory that cannot start its database gives the reason instead, and the suite then has one skipped test
// with that line for it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/key_ring.h"
#include "base/random.h"
#include "ports/database.h"

namespace postroom::contract {

// One empty database of its own for each test, thrown away with the object.
class Backend {
 public:
  virtual ~Backend() = default;
  // Opens the database with this key ring. Called again after the earlier Database is gone, it finds what was
  // stored.
  virtual std::unique_ptr<ports::Database> open(const KeyRing& key_ring, Random& random, const Clock& clock) = 0;
  // Every byte that the database has on disk, while it is closed: what a thief would read.
  virtual std::string raw_bytes() = 0;
  // Flips a bit in the sealed value of one column of every row, while closed. Columns: see Sealed.
  enum class Sealed { personal, key_secret, template_document, task_payload };
  virtual void damage(Sealed column) = 0;
};

struct Unavailable {
  std::string reason;  // one line
};
using BackendOrReason = std::variant<std::unique_ptr<Backend>, Unavailable>;
using BackendFactory = std::function<BackendOrReason()>;

struct RegisteredBackend {
  std::string name;  // letters and digits: becomes part of the tests' names
  BackendFactory factory;
};

bool register_backend(std::string name, BackendFactory factory);
const std::vector<RegisteredBackend>& registered_backends();
// Those that can be started here; found out once.
const std::vector<RegisteredBackend>& available_backends();

}  // namespace postroom::contract
