// Group commit. Callers hand in pieces of work and wait; each of a few threads sends what is queued for it as one
// pipelined transaction: one round trip and one commit for many callers. Who returns without error has his rows
// on disk.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "adapters/postgres/connection.h"
#include "adapters/postgres/connector.h"
#include "adapters/postgres/watch.h"
#include "base/result.h"
#include "ports/limit_store.h"

namespace postroom::postgres {

// More in one commit would make the first caller wait longer and gains nothing measurable.
constexpr std::size_t kPiecesPerCommitMax = 200;
// Runs of a transaction that the server rolls back for the sake of others.
constexpr int kCommitAttemptsMax = 5;
// After a commit for several callers the writer waits for as many to come back, at most this part of the commit's
// time and never longer than the maximum.
constexpr int kGatherShare = 6;
constexpr std::chrono::microseconds kGatherMax{1'000};

// What a piece of work adds to the counts of the day; nothing when `use` is null.
struct CountedUse {
  ServiceId service;
  const ports::DailyUse* use = nullptr;
};

// Safe from several threads.
class Writer {
 public:
  Writer(Connector& connector, Watch& watch);
  // Finishes what was handed in.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // `send`, a callable Connection& -> void, puts statements into the pipeline; `receive`, a callable
  // (Connection&, TouchedQueues&) -> T, reads exactly their answers. Both may be run several times, the earlier
  // transactions rolled back. One piece never makes another fail: when a batch is refused, each is run alone. What
  // is to be expected often should still be an answer, not an error. `use` is counted in the same commit. Errors:
  // retry_later; invalid_input when the database refuses a value; conflict and forbidden (a daily limit) when a
  // constraint does.
  template <typename Send, typename Receive>
  auto run(Send&& send, Receive&& receive, const CountedUse& use = {}) {
    using Outcome = std::invoke_result_t<Receive&, Connection&, TouchedQueues&>;
    struct Typed final : Piece {
      Typed(Send& s, Receive& r, const CountedUse& u) : Piece(u), sender(s), receiver(r) {}
      void send(Connection& connection) override { sender(connection); }
      void receive(Connection& connection, TouchedQueues& queues) override {
        outcome.emplace(receiver(connection, queues));
      }
      Send& sender;
      Receive& receiver;
      std::optional<Outcome> outcome;
    };
    Typed piece(send, receive, use);
    hand_in(piece);
    if (piece.error) return Result<Outcome>(tl::unexpected<Error>(std::move(*piece.error)));
    return Result<Outcome>(std::move(*piece.outcome));
  }

 private:
  struct Piece {
    explicit Piece(const CountedUse& counted) : use(counted) {}
    virtual void send(Connection& connection) = 0;
    virtual void receive(Connection& connection, TouchedQueues& queues) = 0;
    const CountedUse use;
    std::optional<Error> error;

   protected:
    ~Piece() = default;
  };
  struct Batch {
    std::vector<Piece*> pieces;
    std::atomic<int> is_done = 0;
  };

  struct LastCommit {
    std::size_t pieces = 0;
    std::chrono::nanoseconds duration{0};
  };

  void hand_in(Piece& piece);
  void gather(std::unique_lock<std::mutex>& lock, const LastCommit& last);
  void loop();
  void commit(std::span<Piece* const> pieces);
  void commit_once(std::span<Piece* const> pieces);
  void fail_all(std::span<Piece* const> pieces, const DatabaseError& error);
  bool recover(const DatabaseError& error) noexcept;

  Connector& connector_;
  Watch& watch_;
  std::unique_ptr<Connection> connection_;
  TouchedQueues touched_queues_;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::shared_ptr<Batch>> batches_;  // the last one is still filling
  std::size_t gathered_pieces_ = 0;             // how many end the gathering early; 0: not gathering
  bool is_stopping_ = false;
  std::thread thread_;
};

// Several of them. Work on the same notification goes to the same writer, so that two transactions of this process
// do not wait for each other's rows. Calls that bring hundreds of rows have a writer of their own: nobody who waits
// for a single row waits for those.
class Writers {
 public:
  Writers(Connector& connector, Watch& watch, int count) : bulk_(connector, watch) {
    for (int i = 0; i < count; ++i) writers_.push_back(std::make_unique<Writer>(connector, watch));
  }
  template <typename Tag>
  Writer& of(const Id<Tag>& id) {
    return *writers_[std::hash<Id<Tag>>{}(id) % writers_.size()];
  }
  Writer& any() { return *writers_[next_.fetch_add(1, std::memory_order_relaxed) % writers_.size()]; }
  Writer& bulk() { return bulk_; }

 private:
  Writer bulk_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::atomic<std::size_t> next_ = 0;
};

}  // namespace postroom::postgres
