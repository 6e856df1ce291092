#include "adapters/sqlite/reader_pool.h"

namespace postroom::sqlite {

ReaderPool::Snapshot::~Snapshot() {
  try {
    if (connection.in_transaction()) connection.query("COMMIT").next();
  } catch (const DatabaseError&) {
    // Ending a read cannot lose anything; the next BEGIN reports what is wrong.
  }
}

std::unique_ptr<Connection> ReaderPool::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return !idle_.empty() || count_ < kReadersMax; });
  if (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }
  ++count_;
  lock.unlock();
  try {
    auto connection = std::make_unique<Connection>(path_, Connection::Mode::read_only);
    connection->script("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -" +
                       std::to_string(kReaderCacheKibibytes));
    return connection;
  } catch (const DatabaseError&) {
    lock.lock();
    --count_;
    throw;
  }
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  {
    std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

}  // namespace postroom::sqlite
