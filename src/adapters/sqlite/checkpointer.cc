#include "adapters/sqlite/checkpointer.h"

#include "base/log.h"

namespace postroom::sqlite {

Checkpointer::Checkpointer(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)), thread_([this] { loop(); }) {}

Checkpointer::~Checkpointer() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Checkpointer::watch(Connection& writer) {
  writer.observe_commits([this, &writer](int pages) {
    // Fails when the thread is at it just now; then the next commit tries again.
    if (pages >= kLogPagesMax) writer.checkpoint();
    log_has(pages);
  });
}

void Checkpointer::log_has(int pages) {
  if (pages < pages_when_asked_) pages_when_asked_ = 0;  // begun anew
  if (pages - pages_when_asked_ < kCheckpointPages) return;
  pages_when_asked_ = pages;
  {
    std::lock_guard lock(mutex_);
    is_asked_ = true;
  }
  changed_.notify_one();
}

void Checkpointer::loop() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return is_asked_ || is_stopping_; });
      if (is_stopping_) return;
      is_asked_ = false;
    }
    if (!connection_->checkpoint()) log_warning("database.checkpoint_failed");
  }
}

}  // namespace postroom::sqlite
