#include "adapters/smtp/stream.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace postroom::smtp {
namespace {

struct Free {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

std::string tls_problem() {
  std::array<char, 256> text{};
  const unsigned long code = ERR_peek_last_error();
  if (code == 0) return "the server broke off TLS";
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

bool is_ip_address(const std::string& host) {
  std::array<unsigned char, 16> out{};
  return ::inet_pton(AF_INET, host.c_str(), out.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), out.data()) == 1;
}

}  // namespace

struct TlsContext::Impl {
  std::unique_ptr<SSL_CTX, Free> context;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::create(const std::string& ca_file) {
  auto impl = std::make_unique<Impl>();
  impl->context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = impl->context.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_AUTO_RETRY | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  const bool loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context) == 1
                                      : SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) == 1;
  ERR_clear_error();
  if (!loaded) return fail(ErrorKind::invalid_input, "'" + ca_file + "' is no PEM file of certificate authorities");
  return std::shared_ptr<const TlsContext>(std::unique_ptr<TlsContext>(new TlsContext(std::move(impl))));
}

Result<std::shared_ptr<const TlsContext>> LazyTlsContext::get() {
  std::lock_guard lock(mutex_);
  if (!context_) {
    POSTROOM_TRY(made, TlsContext::create(ca_file_));
    context_ = std::move(made);
  }
  return context_;
}

struct Stream::Impl {
  int fd = -1;
  std::unique_ptr<SSL, Free> ssl;
  std::string buffer;
  std::size_t used = 0;  // of the buffer

  ~Impl() {
    ssl.reset();
    if (fd >= 0) ::close(fd);
  }
};

Stream::Stream() : impl_(std::make_unique<Impl>()) {}
Stream::~Stream() = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;

Io Stream::fail_with(Io io, std::string problem) {
  problem_ = std::move(problem);
  ERR_clear_error();
  return io;
}

Io Stream::wait(short events, Deadline deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return fail_with(Io::timed_out, "timed out");
    pollfd poll{.fd = impl_->fd, .events = events, .revents = 0};
    const int ready = ::poll(&poll, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
    if (ready > 0) return Io::ok;
    if (ready < 0 && errno != EINTR) return fail_with(Io::closed, std::strerror(errno));
  }
}

Io Stream::connect(const sockaddr* address, socklen_t size, Deadline deadline) {
  impl_ = std::make_unique<Impl>();
  impl_->fd = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (impl_->fd < 0) return fail_with(Io::refused, std::strerror(errno));
  const int on = 1;
  // Commands are small and wait for their answers.
  ::setsockopt(impl_->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(impl_->fd, address, size) == 0) return Io::ok;
  if (errno != EINPROGRESS) return fail_with(Io::refused, std::strerror(errno));
  if (Io io = wait(POLLOUT, deadline); io != Io::ok) return io;
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(impl_->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  return error == 0 ? Io::ok : fail_with(Io::refused, std::strerror(error));
}

Io Stream::start_tls(const TlsContext& context, const std::string& host, bool is_checked, Deadline deadline) {
  // Whoever slipped text in before the encryption must not be heard after it (CVE-2011-0411).
  impl_->buffer.clear();
  impl_->used = 0;
  impl_->ssl.reset(SSL_new(context.impl_->context.get()));
  SSL* ssl = impl_->ssl.get();
  SSL_set_fd(ssl, impl_->fd);
  const bool is_address = is_ip_address(host);
  if (!is_address) SSL_set_tlsext_host_name(ssl, host.c_str());
  if (is_checked) {
    SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    if (is_address)
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
    else
      SSL_set1_host(ssl, host.c_str());
  }
  while (true) {
    ERR_clear_error();
    const int done = SSL_connect(ssl);
    if (done == 1) return Io::ok;
    const int error = SSL_get_error(ssl, done);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      std::string problem = tls_problem();
      const long verdict = SSL_get_verify_result(ssl);
      if (is_checked && verdict != X509_V_OK) problem = X509_verify_cert_error_string(verdict);
      return fail_with(Io::refused, std::move(problem));
    }
    if (Io io = wait(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline); io != Io::ok) return io;
  }
}

bool Stream::is_encrypted() const { return impl_->ssl != nullptr; }

Io Stream::fill(Deadline deadline) {
  if (impl_->used > 0) {
    impl_->buffer.erase(0, impl_->used);
    impl_->used = 0;
  }
  std::array<char, 8192> bytes;
  while (true) {
    if (impl_->ssl) {
      ERR_clear_error();
      const int size = SSL_read(impl_->ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
      if (size > 0) {
        impl_->buffer.append(bytes.data(), static_cast<std::size_t>(size));
        return Io::ok;
      }
      const int error = SSL_get_error(impl_->ssl.get(), size);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        return fail_with(Io::closed, "the server closed the connection");
      if (Io io = wait(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline); io != Io::ok) return io;
      continue;
    }
    const ssize_t size = ::recv(impl_->fd, bytes.data(), bytes.size(), 0);
    if (size > 0) {
      impl_->buffer.append(bytes.data(), static_cast<std::size_t>(size));
      return Io::ok;
    }
    if (size == 0) return fail_with(Io::closed, "the server closed the connection");
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail_with(Io::closed, std::strerror(errno));
    if (Io io = wait(POLLIN, deadline); io != Io::ok) return io;
  }
}

Io Stream::read_line(std::string& line, Deadline deadline) {
  while (true) {
    const std::size_t end = impl_->buffer.find('\n', impl_->used);
    if (end != std::string::npos) {
      line.assign(impl_->buffer, impl_->used, end - impl_->used);
      if (line.ends_with('\r')) line.pop_back();
      impl_->used = end + 1;
      return Io::ok;
    }
    if (impl_->buffer.size() - impl_->used > kLineBytesMax)
      return fail_with(Io::closed, "the server sent a line without an end");
    if (Io io = fill(deadline); io != Io::ok) return io;
  }
}

Io Stream::write(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    ssize_t size = 0;
    short wanted = 0;
    if (impl_->ssl) {
      ERR_clear_error();
      const int written =
          SSL_write(impl_->ssl.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
      size = written;
      const int error = written > 0 ? SSL_ERROR_NONE : SSL_get_error(impl_->ssl.get(), written);
      if (error == SSL_ERROR_WANT_READ) wanted = POLLIN;
      if (error == SSL_ERROR_WANT_WRITE) wanted = POLLOUT;
    } else {
      size = ::send(impl_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && errno == EAGAIN) wanted = POLLOUT;
    }
    if (size > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(size));
      continue;
    }
    if (wanted == 0) return fail_with(Io::closed, "the server closed the connection");
    if (Io io = wait(wanted, deadline); io != Io::ok) return io;
  }
  return Io::ok;
}

bool Stream::is_stale() const {
  pollfd poll{.fd = impl_->fd, .events = POLLIN, .revents = 0};
  return ::poll(&poll, 1, 0) != 0;
}

}  // namespace postroom::smtp
