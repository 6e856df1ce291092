// One io_context, its thread, the connections that live on it, and the sweep that ends those that are late.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>
#include <unordered_set>

#include "http/asio_headers.h"

namespace postroom::http {

using SteadyTime = std::chrono::steady_clock::time_point;

// As good as no limit; milliseconds::max() overflows when compared with the clock's nanoseconds.
constexpr std::chrono::milliseconds kIdleUnlimited = std::chrono::hours(24);

// What the sweep needs of a connection. Used on its own thread only.
class Swept {
 public:
  virtual ~Swept() = default;
  virtual SteadyTime deadline() const = 0;
  // Since when it waits between requests or for the peer to close, so that closing it loses nothing;
  // SteadyTime::max() when it does neither.
  virtual SteadyTime idle_since() const = 0;
  // Makes the pending operation end; the connection finds out that it was late.
  virtual void expire() = 0;
};

class IoThread {
 public:
  // `tick` is how exact deadlines are.
  explicit IoThread(std::chrono::milliseconds tick);
  // As stop().
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void start();
  // From any thread; no connection may be left.
  void stop();

  asio::io_context& context() { return context_; }
  // On this thread only.
  void add(Swept& connection) { connections_.insert(&connection); }
  void remove(Swept& connection) { connections_.erase(&connection); }
  void expire_all();
  // Expires connections that are idle for longer, whatever their deadline. From any thread.
  void set_idle_max(std::chrono::milliseconds time) { idle_max_.store(time); }

 private:
  void sweep();
  void schedule();

  asio::io_context context_{1};
  asio::executor_work_guard<Executor> work_;
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>
      timer_;
  const std::chrono::milliseconds tick_;
  std::unordered_set<Swept*> connections_;
  std::atomic<std::chrono::milliseconds> idle_max_{kIdleUnlimited};
  std::thread thread_;
};

}  // namespace postroom::http
