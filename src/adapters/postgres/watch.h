// Wakes workers when tasks arrive: those of this process at once, those of other processes by NOTIFY. One thread
// with a connection of its own sends and hears notifications, so that no transaction carries a NOTIFY (which
// would make the server commit them one after the other).
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "adapters/postgres/connection.h"
#include "adapters/postgres/connector.h"
#include "adapters/store_common/task_signals.h"
#include "base/random.h"

namespace postroom::postgres {

using TouchedQueues = std::set<std::string, std::less<>>;

// Notifications of one process are at least this far apart; what happens in between goes out together.
constexpr std::chrono::milliseconds kNotifyPause{10};
// A notification can be lost with its connection: a waiting worker looks by itself this often.
constexpr std::chrono::milliseconds kTaskPoll{1'000};

// Safe from several threads.
class Watch {
 public:
  Watch(Connector& connector, store_common::TaskSignals& signals, Random& random);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Tasks of these queues were committed by this process.
  void touched(const TouchedQueues& queues);

 private:
  void loop();
  void serve(Connection& connection);
  void send_pending(Connection& connection);
  void hear(Connection& connection);
  // Returns when there is something to send, something to hear (given a socket), or after `timeout`.
  void wait(int socket, std::chrono::milliseconds timeout);
  bool is_stopping();

  Connector& connector_;
  store_common::TaskSignals& signals_;
  const std::string sender_;  // tells our own notifications from others'
  int wake_descriptor_;
  std::mutex mutex_;
  TouchedQueues pending_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace postroom::postgres
