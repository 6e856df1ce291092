// Copies the write-ahead log back into the database file in a thread of its own, so that no caller of the writer
// waits for it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "adapters/sqlite/connection.h"

namespace postroom::sqlite {

// Pages of 4 KiB. Each time the log has grown by so many it is copied back.
constexpr int kCheckpointPages = 1'000;
// From here on the writer copies back the rest itself after each commit: only while nobody writes can the log be
// finished, and begun anew. So it cannot grow without limit however busy the writer is.
constexpr int kLogPagesMax = 4'000;

// Safe from several threads.
class Checkpointer {
 public:
  // `connection` must be able to write. Closed last, it leaves everything in the database file.
  explicit Checkpointer(std::unique_ptr<Connection> connection);
  ~Checkpointer();

  // Watches the commits of `writer`, which must go first.
  void watch(Connection& writer);

 private:
  void log_has(int pages);
  void loop();

  std::unique_ptr<Connection> connection_;
  int pages_when_asked_ = 0;  // of the log; the writer's thread's
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_asked_ = false;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace postroom::sqlite
