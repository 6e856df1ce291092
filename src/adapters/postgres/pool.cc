#include "adapters/postgres/pool.h"

namespace postroom::postgres {

void Pool::enter() {
  std::unique_lock lock(mutex_);
  if (!left_.wait_for(lock, kPoolWait, [this] { return free_ > 0; })) {
    throw DatabaseError("53300", "all connections of this process are busy: raise store.connections if this lasts");
  }
  --free_;
}

void Pool::leave(std::unique_ptr<Connection> connection) {
  {
    std::lock_guard lock(mutex_);
    ++free_;
    if (connection) idle_.push_back(std::move(connection));
  }
  left_.notify_one();
}

bool Pool::Place::fetch() {
  while (true) {
    {
      std::lock_guard lock(pool.mutex_);
      if (pool.idle_.empty()) break;
      connection = std::move(pool.idle_.back());
      pool.idle_.pop_back();
    }
    if (connection->is_alive()) return true;
  }
  connection = pool.connector_.connect();
  return false;
}

bool Pool::roll_back(Connection& connection) noexcept {
  try {
    if (connection.in_transaction()) connection.script("ROLLBACK");
    return true;
  } catch (const DatabaseError&) {
    return false;
  }
}

}  // namespace postroom::postgres
