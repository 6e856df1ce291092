// Read-only connections for as many readers as ask at once. In WAL mode each read sees the last commit before
// it began and is never held up by the writer.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "base/result.h"

namespace postroom::sqlite {

// Each costs a file handle and up to kReaderCacheKibibytes; more readers than that wait for their turn.
constexpr std::size_t kReadersMax = 16;
constexpr int kReaderCacheKibibytes = 2'048;

// Safe from several threads.
class ReaderPool {
 public:
  explicit ReaderPool(std::string path) : path_(std::move(path)) {}

  // Runs `work`, a callable Connection& -> Result<T>, in one snapshot.
  template <typename Work>
  auto run(Work&& work) -> std::invoke_result_t<Work&, Connection&> {
    try {
      Lease lease(*this);
      Snapshot snapshot(*lease.connection);
      return work(*lease.connection);
    } catch (const DatabaseError& error) {
      return tl::unexpected<Error>(error.error());
    }
  }

 private:
  struct Lease {
    explicit Lease(ReaderPool& owner) : pool(owner), connection(owner.take()) {}
    ~Lease() { pool.give_back(std::move(connection)); }
    ReaderPool& pool;
    std::unique_ptr<Connection> connection;
  };
  struct Snapshot {
    explicit Snapshot(Connection& reader) : connection(reader) { connection.query("BEGIN").next(); }
    ~Snapshot();
    Connection& connection;
  };

  std::unique_ptr<Connection> take();
  void give_back(std::unique_ptr<Connection> connection);

  std::string path_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t count_ = 0;
};

}  // namespace postroom::sqlite
