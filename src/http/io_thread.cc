#include "http/io_thread.h"

#include "base/log.h"

namespace postroom::http {

IoThread::IoThread(std::chrono::milliseconds tick)
    : work_(context_.get_executor()), timer_(context_.get_executor()), tick_(tick) {}

IoThread::~IoThread() { stop(); }

void IoThread::start() {
  schedule();
  thread_ = std::thread([this] {
    while (true) {
      try {
        context_.run();
        return;
      } catch (const std::exception& exception) {
        // A connection that runs out of memory must not take the others with it.
        log_error("http.io_failed", {{"what", exception.what()}});
      }
    }
  });
}

void IoThread::stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void IoThread::schedule() {
  timer_.expires_after(tick_);
  timer_.async_wait([this](ErrorCode error) {
    if (error) return;
    sweep();
    schedule();
  });
}

void IoThread::sweep() {
  SteadyTime now = std::chrono::steady_clock::now();
  std::chrono::milliseconds idle_max = idle_max_.load();
  for (Swept* connection : connections_) {
    SteadyTime idle_since = connection->idle_since();
    bool idle_too_long = idle_since <= now && now - idle_since >= idle_max;
    if (idle_too_long || now >= connection->deadline()) connection->expire();
  }
}

void IoThread::expire_all() {
  for (Swept* connection : connections_) connection->expire();
}

}  // namespace postroom::http
