// What the connections, the acceptor and the Server share.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "http/server.h"
#include "http/worker_pool.h"

namespace boost::asio::ssl {
class context;
}

namespace postroom::http {

struct ServerState {
  ServerState(ServerOptions server_options, RequestHandler request_handler)
      : options(std::move(server_options)),
        handler(std::move(request_handler)),
        workers(options.worker_threads, static_cast<std::size_t>(options.max_queue)) {}

  const ServerOptions options;
  const RequestHandler handler;
  boost::asio::ssl::context* tls = nullptr;  // null: plain
  std::atomic<bool> draining{false};

  // Connections that exist; the last to go wakes drain().
  std::atomic<int> connections{0};
  std::mutex mutex;
  std::condition_variable all_closed;

  WorkerPool workers;

  void connection_opened() { connections.fetch_add(1); }
  void connection_closed() {
    std::lock_guard lock(mutex);
    if (connections.fetch_sub(1) == 1) all_closed.notify_all();
  }

  // The answer to a request that the server itself refuses.
  Response refusal(int status, const Request& request) const;
};

}  // namespace postroom::http
