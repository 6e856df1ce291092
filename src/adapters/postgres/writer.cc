#include "adapters/postgres/writer.h"

#include <algorithm>
#include <exception>

#include "adapters/postgres/daily_tally.h"
#include "base/log.h"

namespace postroom::postgres {

Writer::Writer(Connector& connector, Watch& watch)
    : connector_(connector), watch_(watch), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void Writer::hand_in(Piece& piece) {
  std::shared_ptr<Batch> batch;
  bool is_awaited = false;
  {
    std::lock_guard lock(mutex_);
    const bool was_idle = batches_.empty();
    if (was_idle || batches_.back()->pieces.size() >= kPiecesPerCommitMax) {
      batches_.push_back(std::make_shared<Batch>());
    }
    batch = batches_.back();
    batch->pieces.push_back(&piece);
    is_awaited = was_idle || batch->pieces.size() == gathered_pieces_;
  }
  if (is_awaited) arrived_.notify_one();
  batch->is_done.wait(0, std::memory_order_acquire);
}

// Callers that were just let go come back one after the other. Without a short pause the first would get a commit
// to itself and the others wait for it, so that every commit carried half of what it could.
void Writer::gather(std::unique_lock<std::mutex>& lock, const LastCommit& last) {
  if (last.pieces <= 1 || is_stopping_) return;
  gathered_pieces_ = last.pieces;
  arrived_.wait_for(lock, std::min<std::chrono::nanoseconds>(last.duration / kGatherShare, kGatherMax), [&] {
    return is_stopping_ || batches_.size() > 1 ||
           (!batches_.empty() && batches_.front()->pieces.size() >= gathered_pieces_);
  });
  gathered_pieces_ = 0;
}

void Writer::loop() {
  using Steady = std::chrono::steady_clock;
  LastCommit last;
  while (true) {
    std::shared_ptr<Batch> batch;
    {
      std::unique_lock lock(mutex_);
      gather(lock, last);
      arrived_.wait(lock, [this] { return is_stopping_ || !batches_.empty(); });
      if (batches_.empty()) return;
      batch = std::move(batches_.front());
      batches_.pop_front();
    }
    touched_queues_.clear();
    const auto start = Steady::now();
    commit(batch->pieces);
    last = {batch->pieces.size(), Steady::now() - start};
    batch->is_done.store(1, std::memory_order_release);
    batch->is_done.notify_all();
    if (!touched_queues_.empty()) watch_.touched(touched_queues_);
  }
}

// All together; when the server refuses something, each alone, so that only the piece at fault fails.
void Writer::commit(std::span<Piece* const> pieces) {
  for (int attempt = 1;; ++attempt) {
    try {
      return commit_once(pieces);
    } catch (const DatabaseError& error) {
      const bool is_usable = recover(error);
      if (is_usable && error.is_worth_repeating() && attempt < kCommitAttemptsMax) continue;
      if (!is_usable || pieces.size() == 1) return fail_all(pieces, error);
    }
    for (std::size_t i = 0; i < pieces.size(); ++i) commit(pieces.subspan(i, 1));
    return;
  }
}

void Writer::commit_once(std::span<Piece* const> pieces) {
  if (!connection_ || !connection_->is_alive()) connection_ = connector_.connect();
  Connection& connection = *connection_;
  TouchedQueues queues;
  connection.begin_pipeline();
  connection.send("BEGIN");
  DailyTally tally;
  for (Piece* piece : pieces) {
    piece->send(connection);
    if (piece->use.use != nullptr) tally.add(piece->use.service, *piece->use.use);
  }
  tally.send(connection);
  connection.send("COMMIT");
  connection.sync();
  connection.receive();
  for (Piece* piece : pieces) {
    piece->error.reset();
    piece->receive(connection, queues);
  }
  tally.receive(connection);
  connection.receive();
  connection.end_pipeline();
  touched_queues_.merge(queues);
}

// Makes the session usable again; false when it is lost. A commit whose answer did not come may have happened:
// the caller hears retry_later, and what he tries again is stored once because ids are unique.
bool Writer::recover(const DatabaseError& error) noexcept {
  try {
    if (!connection_) return false;
    if (!error.is_connection_lost()) {
      connection_->abandon_pipeline();
      return true;
    }
  } catch (const std::exception&) {
    // Lost on the way.
  }
  connection_.reset();
  return false;
}

void Writer::fail_all(std::span<Piece* const> pieces, const DatabaseError& error) {
  if (!error.is_refusal()) {
    log_error("database.commit_failed", {{"error", error.what()}, {"pieces", pieces.size()}});
  }
  for (Piece* piece : pieces) piece->error = connector_.explain(error);
}

}  // namespace postroom::postgres
