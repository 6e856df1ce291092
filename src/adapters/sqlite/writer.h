// The only thread that writes. Callers hand in a piece of work and wait; the writer runs many pieces in one
// transaction, commits with one fsync, then lets their callers go. So a row costs a share of a commit, and who
// returns without error has his row on disk.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "adapters/store_common/task_signals.h"
#include "base/result.h"

namespace postroom::sqlite {

using store_common::TaskSignals;

// Pieces of work in one commit. More would make the first caller wait longer and gains nothing measurable.
constexpr std::size_t kWritesPerCommitMax = 512;

// What a piece of work sees.
struct Transaction {
  Connection& connection;
  std::set<std::string, std::less<>>& touched_queues;

  void touch(std::string_view queue) {
    if (!touched_queues.contains(queue)) touched_queues.emplace(queue);
  }
};

// Lets the callers of a batch sleep until it is committed. The kernel's futex is used directly: the waits of
// the standard library spin with sched_yield() first, which with 64 callers took a quarter of the processor.
class CommitGate {
 public:
  // Returns once open(n) was called with n at `number` or behind it.
  void wait_for(std::uint32_t number);
  void open(std::uint32_t number);

 private:
  std::atomic<std::uint32_t> latest_{0};
};

// Safe from several threads.
class Writer {
 public:
  Writer(std::unique_ptr<Connection> connection, TaskSignals& signals);
  // Finishes what was handed in.
  ~Writer();

  // Runs `work`, a callable Transaction& -> Result<T>, and returns its result once the commit is on disk. When it
  // returns an error, none of its changes stay; other callers' changes do. It may be run twice (the first time
  // rolled back), so it must only read what it captured. Errors of the commit itself: retry_later, corrupt.
  template <typename Work>
  auto run(Work&& work) {
    using Outcome = std::invoke_result_t<Work&, Transaction&>;
    struct Typed final : Piece {
      explicit Typed(Work& w) : work(w) {}
      bool run(Transaction& transaction) override {
        outcome.emplace(work(transaction));
        return outcome->has_value();
      }
      Work& work;
      std::optional<Outcome> outcome;
    };
    Typed piece(work);
    hand_in(piece);
    if (piece.error) return Outcome(tl::unexpected<Error>(std::move(*piece.error)));
    return std::move(*piece.outcome);
  }

 private:
  struct Piece {
    virtual bool run(Transaction& transaction) = 0;
    std::optional<Error> error;  // set when the database failed under it

   protected:
    ~Piece() = default;
  };
  // Pieces that are committed together. Callers of one batch wait for its number.
  struct Batch {
    std::uint32_t number;
    std::vector<Piece*> pieces;
  };

  void hand_in(Piece& piece);
  void loop();
  void commit(Batch& batch);
  void run_plainly(Batch& batch, bool& must_redo);
  void run_carefully(Batch& batch);
  void run_piece(Piece& piece, Transaction& transaction, bool& ok);
  void roll_back() noexcept;
  static void fail_all(Batch& batch, const Error& error);

  std::unique_ptr<Connection> connection_;
  TaskSignals& signals_;
  std::set<std::string, std::less<>> touched_queues_;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Batch> batches_;  // the last one is still filling
  std::uint32_t next_number_ = 1;
  bool stopping_ = false;
  // Number of the last committed batch, odd and even ones apart: waking a batch wakes none of the next.
  std::array<CommitGate, 2> committed_{};
  std::thread thread_;
};

}  // namespace postroom::sqlite
