#include "http/server.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>

#include "base/log.h"
#include "http/acceptor.h"
#include "http/io_thread.h"
#include "http/listener.h"
#include "http/server_state.h"

namespace postroom::http {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kSweepTickMax = 250ms;
constexpr std::chrono::milliseconds kSweepTickMin = 5ms;
// In a drain, a client that has a request under way finishes it; one that said nothing for so long is let go.
constexpr std::chrono::milliseconds kDrainIdleMax = 100ms;

// Fine enough for the shortest time-out.
std::chrono::milliseconds sweep_tick(const ServerOptions& options) {
  std::chrono::milliseconds shortest =
      std::min({options.header_timeout, options.body_timeout, options.idle_timeout, options.write_timeout});
  return std::clamp(shortest / 8, kSweepTickMin, kSweepTickMax);
}

Result<std::unique_ptr<asio::ssl::context>> load_tls(const ServerOptions& options) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  ErrorCode error;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  context->use_certificate_chain_file(options.tls_certificate_path, error);
  if (error)
    return fail(
        ErrorKind::invalid_input,
        fmt::format("TLS certificate {}: cannot be read ({}); it must be a PEM file that this user may read",
                    options.tls_certificate_path, error.message()));
  context->use_private_key_file(options.tls_key_path, asio::ssl::context::pem, error);
  if (error)
    return fail(
        ErrorKind::invalid_input,
        fmt::format(
            "TLS key {}: cannot be read ({}); it must be a PEM file without passphrase that this user may read",
            options.tls_key_path, error.message()));
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    ERR_clear_error();
    return fail(ErrorKind::invalid_input, fmt::format("TLS key {} does not belong to certificate {}",
                                                      options.tls_key_path, options.tls_certificate_path));
  }
  return context;
}

Result<void> check_options(const ServerOptions& options) {
  if (options.tls_certificate_path.empty() != options.tls_key_path.empty())
    return fail(ErrorKind::invalid_input,
                fmt::format("TLS needs a certificate file and a key file; only \"{}{}\" is set",
                            options.tls_certificate_path, options.tls_key_path));
  if (std::min({options.worker_threads, options.io_threads, options.max_queue, options.max_connections}) < 1)
    return fail(
        ErrorKind::invalid_input,
        fmt::format(
            "an HTTP server needs at least 1 of each: worker threads {}, I/O threads {}, queue {}, connections {}",
            options.worker_threads, options.io_threads, options.max_queue, options.max_connections));
  return {};
}

}  // namespace

Response ServerState::refusal(int status, const Request& request) const {
  if (options.make_refusal) return options.make_refusal(status, request);
  return Response::text(status, std::string(reason_phrase(status)) + "\n");
}

struct Server::Impl {
  Impl(ServerOptions options, RequestHandler handler, Listener opened,
       std::unique_ptr<asio::ssl::context> tls_context)
      : listener(std::move(opened)), tls(std::move(tls_context)), state(std::move(options), std::move(handler)) {
    state.tls = tls.get();
    for (int i = 0; i < state.options.io_threads; ++i)
      io_threads.push_back(std::make_unique<IoThread>(sweep_tick(state.options)));
    acceptor.emplace(io_threads.front()->context());
  }

  Listener listener;
  std::unique_ptr<asio::ssl::context> tls;
  ServerState state;
  std::vector<std::unique_ptr<IoThread>> io_threads;
  std::optional<Acceptor> acceptor;
  std::mutex drain_mutex;
  bool drained = false;
  int cut = 0;

  void on_every_thread(void (*action)(IoThread&)) {
    for (auto& io : io_threads) asio::post(io->context(), [thread = io.get(), action] { action(*thread); });
  }
  bool wait_until_closed(SteadyTime deadline) {
    std::unique_lock lock(state.mutex);
    return state.all_closed.wait_until(lock, deadline, [this] { return state.connections.load() == 0; });
  }
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { drain(0ms); }

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, RequestHandler handler) {
  POSTROOM_CHECK(check_options(options));
  std::unique_ptr<asio::ssl::context> tls;
  if (!options.tls_certificate_path.empty()) {
    POSTROOM_TRY(loaded, load_tls(options));
    tls = std::move(loaded);
  }
  POSTROOM_TRY(listener, options.unix_socket_path.empty()
                             ? Listener::open_tcp(options.address, options.port, options.setting_name)
                             : Listener::open_unix(options.unix_socket_path));
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler), std::move(listener), std::move(tls));
  ErrorCode error;
  int family = impl->listener.family();
  impl->acceptor->assign(asio::generic::stream_protocol(family, 0), impl->listener.release(), error);
  if (error) return fail(ErrorKind::internal, "cannot watch the listening socket: " + error.message());
  start_accepting(impl->state, impl->io_threads, *impl->acceptor);
  for (auto& io : impl->io_threads) io->start();
  return std::make_unique<Server>(std::move(impl));
}

std::uint16_t Server::port() const { return impl_->listener.port(); }

std::string Server::url() const {
  const ServerOptions& options = impl_->state.options;
  if (!options.unix_socket_path.empty()) return "unix:" + options.unix_socket_path;
  std::string_view scheme = impl_->tls ? "https" : "http";
  bool is_v6 = options.address.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", scheme, is_v6 ? "[" : "", options.address, is_v6 ? "]" : "", port());
}

int Server::drain(std::chrono::milliseconds deadline) {
  Impl& impl = *impl_;
  std::lock_guard lock(impl.drain_mutex);
  if (std::exchange(impl.drained, true)) return impl.cut;
  SteadyTime end = std::chrono::steady_clock::now() + deadline;
  impl.state.draining = true;
  asio::post(impl.io_threads.front()->context(), [&impl] {
    stop_accepting(impl.state, impl.io_threads, *impl.acceptor);
    for (auto& io : impl.io_threads) io->set_idle_max(kDrainIdleMax);
  });
  if (!impl.wait_until_closed(end)) impl.cut = impl.state.connections.load();
  // Whatever is left is cut: first pending reads and writes, then, when their handlers are done, the rest.
  impl.on_every_thread([](IoThread& io) { io.expire_all(); });
  impl.state.workers.stop();
  while (!impl.wait_until_closed(std::chrono::steady_clock::now() + kSweepTickMin))
    impl.on_every_thread([](IoThread& io) { io.expire_all(); });
  for (auto& io : impl.io_threads) io->stop();
  return impl.cut;
}

}  // namespace postroom::http
