#include "adapters/sqlite/writer.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <stdexcept>

#include "base/log.h"

namespace postroom::sqlite {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t), "a futex is a plain 32-bit word");

void CommitGate::wait_for(std::uint32_t number) {
  while (true) {
    const std::uint32_t seen = latest_.load(std::memory_order_acquire);
    // Signed difference, so that the numbers may wrap around.
    if (static_cast<std::int32_t>(seen - number) >= 0) return;
    // Sleeps only while the word still is `seen`; every reason to return is checked above.
    syscall(SYS_futex, &latest_, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
  }
}

void CommitGate::open(std::uint32_t number) {
  latest_.store(number, std::memory_order_release);
  syscall(SYS_futex, &latest_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

Writer::Writer(std::unique_ptr<Connection> connection, TaskSignals& signals)
    : connection_(std::move(connection)), signals_(signals), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void Writer::hand_in(Piece& piece) {
  std::uint32_t number = 0;
  bool idle = false;
  {
    std::lock_guard lock(mutex_);
    if (batches_.empty() || batches_.back().pieces.size() >= kWritesPerCommitMax) {
      idle = batches_.empty();
      batches_.push_back({next_number_++, {}});
    }
    batches_.back().pieces.push_back(&piece);
    number = batches_.back().number;
  }
  if (idle) arrived_.notify_one();

  committed_[number % 2].wait_for(number);
}

void Writer::loop() {
  while (true) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return stopping_ || !batches_.empty(); });
      if (batches_.empty()) return;
      batch = std::move(batches_.front());
      batches_.pop_front();
    }
    commit(batch);
    committed_[batch.number % 2].open(batch.number);
    if (!touched_queues_.empty()) signals_.touched(touched_queues_);
  }
}

void Writer::commit(Batch& batch) {
  try {
    bool must_redo = false;
    run_plainly(batch, must_redo);
    if (must_redo) {
      roll_back();
      run_carefully(batch);
    }
    connection_->script("COMMIT");
  } catch (const DatabaseError& error) {
    log_error("database.commit_failed", {{"error", error.what()}, {"pieces", batch.pieces.size()}});
    roll_back();
    touched_queues_.clear();
    fail_all(batch, error.error());
  }
}

// A savepoint for each piece costs some 15 % of the throughput, and a piece that changes something and then fails
// is rare: so first without, and once more with savepoints if it happens.
void Writer::run_plainly(Batch& batch, bool& must_redo) {
  touched_queues_.clear();
  Transaction transaction{*connection_, touched_queues_};
  connection_->query("BEGIN IMMEDIATE").next();
  for (Piece* piece : batch.pieces) {
    const std::int64_t before = connection_->total_changes();
    bool ok = false;
    run_piece(*piece, transaction, ok);
    if (!ok && connection_->total_changes() != before) {
      must_redo = true;
      return;
    }
  }
}

void Writer::run_carefully(Batch& batch) {
  touched_queues_.clear();
  Transaction transaction{*connection_, touched_queues_};
  connection_->query("BEGIN IMMEDIATE").next();
  for (Piece* piece : batch.pieces) {
    connection_->query("SAVEPOINT piece").next();
    bool ok = false;
    run_piece(*piece, transaction, ok);
    if (!ok) connection_->query("ROLLBACK TO piece").next();
    connection_->query("RELEASE piece").next();
  }
}

void Writer::run_piece(Piece& piece, Transaction& transaction, bool& ok) {
  piece.error.reset();
  try {
    ok = piece.run(transaction);
  } catch (const DatabaseError& error) {
    // A full disk and the like end the whole transaction: then nothing of the batch can be kept.
    if (!connection_->in_transaction()) throw;
    piece.error = error.error();
  } catch (const std::exception& error) {
    if (!connection_->in_transaction()) throw DatabaseError(0, error.what());
    piece.error = Error{ErrorKind::internal, std::string("database work failed: ") + error.what()};
  }
}

void Writer::roll_back() noexcept {
  try {
    if (connection_->in_transaction()) connection_->script("ROLLBACK");
  } catch (const DatabaseError& error) {
    log_error("database.rollback_failed", {{"error", error.what()}});
  }
}

void Writer::fail_all(Batch& batch, const Error& error) {
  for (Piece* piece : batch.pieces) piece->error = error;
}

}  // namespace postroom::sqlite
