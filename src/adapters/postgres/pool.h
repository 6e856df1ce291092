// Connections for everything that the writers do not do: reads, and rare writes that need several round trips.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "adapters/postgres/connection.h"
#include "adapters/postgres/connector.h"
#include "base/result.h"

namespace postroom::postgres {

// A caller that finds all connections busy waits so long, then is told to come again.
constexpr std::chrono::milliseconds kPoolWait{5'000};
// Runs of a transaction that the server rolls back for the sake of others.
constexpr int kTransactionAttemptsMax = 5;

// Safe from several threads. Connections are made when first needed.
class Pool {
 public:
  Pool(Connector& connector, int connections_max) : connector_(connector), free_(connections_max) {}

  // Runs `work`, a callable Connection& -> Result<T> that only reads. Once more on a fresh connection when the
  // first had been closed by the server.
  template <typename Work>
  auto read(Work&& work) {
    using Outcome = std::invoke_result_t<Work&, Connection&>;
    return guarded<Outcome>([&] {
      return with_connection([&](Connection& connection) { return work(connection); }, /*is_repeatable=*/true);
    });
  }

  // Runs `work`, a callable Connection& -> Result<T>, in a transaction; an error that it returns rolls back. It
  // may be run several times, so it must only read what it captured.
  template <typename Work>
  auto write(Work&& work) {
    using Outcome = std::invoke_result_t<Work&, Connection&>;
    return guarded<Outcome>([&]() -> Outcome {
      for (int attempt = 1;; ++attempt) {
        try {
          return with_connection(
              [&](Connection& connection) {
                connection.query("BEGIN");
                Outcome outcome = work(connection);
                connection.query(outcome ? "COMMIT" : "ROLLBACK");
                return outcome;
              },
              /*is_repeatable=*/false);
        } catch (const DatabaseError& error) {
          if (!error.is_worth_repeating() || attempt >= kTransactionAttemptsMax) throw;
        }
      }
    });
  }

 private:
  template <typename Outcome, typename Work>
  Outcome guarded(Work&& work) {
    try {
      return work();
    } catch (const DatabaseError& error) {
      return Outcome(tl::unexpected<Error>(connector_.explain(error)));
    }
  }

  // The connection goes back only when it is usable; an open transaction is rolled back.
  template <typename Work>
  auto with_connection(Work&& work, bool is_repeatable) {
    Place place(*this);
    for (bool is_first = true;; is_first = false) {
      const bool was_kept = place.fetch();
      try {
        auto outcome = work(*place.connection);
        place.keep = true;
        return outcome;
      } catch (const DatabaseError& error) {
        if (!error.is_connection_lost()) {
          place.keep = place.connection->is_alive() && roll_back(*place.connection);
          throw;
        }
        place.connection.reset();
        if (!is_repeatable || !is_first || !was_kept) throw;
      }
    }
  }

  // The right to one connection.
  struct Place {
    explicit Place(Pool& owner) : pool(owner) { pool.enter(); }
    ~Place() { pool.leave(keep ? std::move(connection) : nullptr); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    // True when it is one that was used before.
    bool fetch();
    Pool& pool;
    std::unique_ptr<Connection> connection;
    bool keep = false;
  };

  void enter();
  void leave(std::unique_ptr<Connection> connection);
  static bool roll_back(Connection& connection) noexcept;

  Connector& connector_;
  std::mutex mutex_;
  std::condition_variable left_;
  int free_;
  std::vector<std::unique_ptr<Connection>> idle_;  // the last one was used last
};

}  // namespace postroom::postgres
