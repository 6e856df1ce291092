#include "http/acceptor.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>

#include "base/log.h"
#include "http/connection.h"

namespace postroom::http {
namespace {

using namespace std::chrono_literals;
using Await = asio::use_awaitable_t<Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

// How long to wait when there is no room for another connection or no file descriptor.
constexpr std::chrono::milliseconds kRetryAccept = 20ms;
constexpr int kAcceptedAtStopMax = 1024;
constexpr std::chrono::milliseconds kIdleUnderPressure = 1s;
// Out of file descriptors, accepting fails fifty times a second; once in a while is enough to say so.
constexpr std::chrono::seconds kWarnEvery = 10s;

std::string remote_address_of(const Socket& socket) {
  ErrorCode error;
  auto endpoint = socket.remote_endpoint(error);
  char text[INET6_ADDRSTRLEN] = {};
  if (error) return {};
  const sockaddr* address = endpoint.data();
  if (address->sa_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
  else if (address->sa_family == AF_INET6)
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text, sizeof text);
  else
    return "unix";
  return text;
}

void serve(ServerState& state, IoThread& io, Socket socket) {
  ErrorCode ignored;
  // Answers are whole when they are written; waiting for more to fill a packet only adds delay. Means nothing
  // on a Unix socket.
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  std::string remote = remote_address_of(socket);
  serve_connection(state, io, std::move(socket), std::move(remote));
}

// Apart, to keep brace-initialised temporaries out of the coroutine (see connection.cc).
void warn_of(const ErrorCode& error) { log_warning("http.accept_failed", {{"what", error.message()}}); }

Task<void> accept_loop(ServerState& state, std::vector<std::unique_ptr<IoThread>>& io_threads, Acceptor& acceptor) {
  Timer timer(acceptor.get_executor());
  ErrorCode error;
  auto token = asio::redirect_error(Await{}, error);
  SteadyTime next_warning;
  for (std::size_t next = 0; acceptor.is_open(); next = (next + 1) % io_threads.size()) {
    IoThread& io = *io_threads[next];
    bool full = state.connections.load() >= state.options.max_connections;
    for (auto& thread : io_threads) thread->set_idle_max(full ? kIdleUnderPressure : kIdleUnlimited);
    if (!full) {
      Socket socket = co_await acceptor.async_accept(io.context(), token);
      if (!error) {
        serve(state, io, std::move(socket));
        continue;
      }
      if (!acceptor.is_open()) co_return;
      SteadyTime now = std::chrono::steady_clock::now();
      if (error != asio::error::connection_aborted && now >= next_warning) {
        next_warning = now + kWarnEvery;
        warn_of(error);
      }
    }
    timer.expires_after(kRetryAccept);
    co_await timer.async_wait(token);
  }
}

}  // namespace

void start_accepting(ServerState& state, std::vector<std::unique_ptr<IoThread>>& io_threads, Acceptor& acceptor) {
  asio::co_spawn(acceptor.get_executor(), accept_loop(state, io_threads, acceptor), asio::detached);
}

void stop_accepting(ServerState& state, std::vector<std::unique_ptr<IoThread>>& io_threads, Acceptor& acceptor) {
  ErrorCode error;
  acceptor.non_blocking(true, error);
  for (int i = 0; i < kAcceptedAtStopMax && !error; ++i) {
    IoThread& io = *io_threads[static_cast<std::size_t>(i) % io_threads.size()];
    Socket socket = acceptor.accept(io.context(), error);
    if (!error) serve(state, io, std::move(socket));
  }
  acceptor.close(error);
}

}  // namespace postroom::http
