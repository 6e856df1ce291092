// An HTTP/1.1 server: limits, time-outs, TLS, a bounded pool for blocking handlers, graceful drain. HTTP/2 is
// the reverse proxy's business.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "http/router.h"

namespace postroom::http {

constexpr std::size_t kHeaderBytesMaxDefault = 16 * 1024;
constexpr std::size_t kBodyBytesMaxDefault = 16 * 1024 * 1024;
constexpr int kWorkerThreadsDefault = 48;
constexpr int kQueuedRequestsMaxDefault = 1024;
constexpr int kConnectionsMaxDefault = 4096;

// What the server runs. May change the request (the Router fills in path parameters); a Handler converts.
using RequestHandler = std::function<Response(Request&)>;
// Makes the answer for what the server itself refuses: 400 malformed, 408 too slow, 413 body too large, 431
// headers too large, 500 the handler threw, 501 unknown transfer coding, 503 queue full. `request` holds what
// was read so far, so path may be empty. Called on any thread; must not throw.
using RefusalMaker = std::function<Response(int status, const Request& request)>;

struct ServerOptions {
  // Listens on address:port, or, when `unix_socket_path` is set, on that path alone (made with mode 0600; a
  // file left by a dead process is replaced).
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0 picks a free one: see Server::port()
  std::string unix_socket_path;
  // How the user set the address, for error messages.
  std::string setting_name = "--api";

  std::size_t max_header_bytes = kHeaderBytesMaxDefault;
  std::size_t max_body_bytes = kBodyBytesMaxDefault;
  std::vector<BodyLimit> body_limits;                // addresses where another limit holds
  std::chrono::milliseconds header_timeout{10'000};  // from the first byte of a request to its last header
  std::chrono::milliseconds body_timeout{60'000};    // for the whole body
  std::chrono::milliseconds idle_timeout{30'000};    // between two requests, and for the first one to begin
  std::chrono::milliseconds write_timeout{30'000};   // for each 256 KiB of an answer to leave
  // Beyond this new connections wait in the kernel's queue and idle ones are closed early.
  int max_connections = kConnectionsMaxDefault;

  int io_threads = 1;
  int worker_threads = kWorkerThreadsDefault;  // at most this many handlers run at once
  int max_queue = kQueuedRequestsMaxDefault;   // requests waiting for a worker; beyond: 503 with Retry-After

  // PEM files; both or neither. TLS 1.2 and newer.
  std::string tls_certificate_path;
  std::string tls_key_path;

  HeaderList fixed_headers;   // added to every answer, also to refusals
  bool log_requests = false;  // one line a request: method, path without query, status, duration
  RefusalMaker make_refusal;  // default: plain text
};

// Runs from start() until drain() or destruction. All methods may be called from any thread but not from
// inside a handler.
class Server {
 private:
  struct Impl;

 public:
  // invalid_input (bad address, unreadable certificate, path too long), conflict (in use) or forbidden (no
  // permission), naming the setting and the remedy.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, RequestHandler handler);
  explicit Server(std::unique_ptr<Impl> impl);  // for start()
  ~Server();                                    // as drain(0)
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The port listened on; 0 on a Unix socket.
  std::uint16_t port() const;
  // "http://127.0.0.1:6011", "https://[::1]:443" or "unix:/path".
  std::string url() const;

  // Stops accepting, answers the requests in hand with `Connection: close`, gives idle connections a moment,
  // and returns when all are closed. At the deadline it cuts the rest and returns how many. Handlers that
  // still run are waited for in any case: they have deadlines of their own. Calling it again does nothing.
  int drain(std::chrono::milliseconds deadline);

 private:
  std::unique_ptr<Impl> impl_;
};

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};
// Reads "127.0.0.1:6011", "[::1]:6011", "localhost:0" (meaning 127.0.0.1) or "*:80" (meaning 0.0.0.0).
// invalid_input names `setting_name` and shows an example.
Result<Endpoint> parse_endpoint(std::string_view text, std::string_view setting_name);

}  // namespace postroom::http
