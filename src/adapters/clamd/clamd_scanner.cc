#include "adapters/clamd/clamd_scanner.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "adapters/clamd/clamd_reply.h"
#include "base/text.h"

namespace postroom::clamd {
namespace {

using Steady = std::chrono::steady_clock;

// clamd reads a chunk into one buffer; small ones cost it little.
constexpr std::size_t kChunkBytes = 128 * 1024;

std::string reason_of(int cause) { return std::generic_category().message(cause); }

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

// One connection and the time it has left. Errors are retry_later.
class Connection {
 public:
  Connection(std::string name, Steady::time_point deadline) : name_(std::move(name)), deadline_(deadline) {}
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Result<void> open_path(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return away("its path is too long for a socket");
    std::memcpy(address.sun_path, path.data(), path.size());
    return connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }

  Result<void> open_host(const std::string& host, const std::string& port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0)
      return away(::gai_strerror(error));
    std::unique_ptr<addrinfo, FreeAddresses> all(found);
    Result<void> result = away("it has no address");
    for (const addrinfo* one = all.get(); one != nullptr; one = one->ai_next) {
      result = connect_to(one->ai_family, one->ai_addr, one->ai_addrlen);
      if (result) break;
    }
    return result;
  }

  // Stops early when the other side says something already: whatever it is, it will not read on.
  Result<void> send(BytesView bytes) {
    while (!bytes.empty()) {
      POSTROOM_TRY(ready, wait(POLLOUT | POLLIN));
      if ((ready & POLLIN) != 0) return {};
      ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      // It may have closed after an answer, which can still be read.
      if (count < 0 && (errno == EPIPE || errno == ECONNRESET)) return {};
      if (count < 0) return away(reason_of(errno));
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }

  bool is_readable() const {
    pollfd one{socket_, POLLIN, 0};
    return ::poll(&one, 1, 0) > 0;
  }

  // Up to the zero byte that closes an answer.
  Result<std::string> reply() {
    std::string out;
    std::array<char, 512> block;
    for (;;) {
      POSTROOM_CHECK(wait(POLLIN));
      ssize_t count = ::recv(socket_, block.data(), block.size(), 0);
      if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (count < 0) return away(reason_of(errno));
      if (count == 0) return away("it closed the connection before it had answered");
      out.append(block.data(), static_cast<std::size_t>(count));
      if (auto end = out.find('\0'); end != std::string::npos) {
        out.resize(end);
        return out;
      }
      if (out.size() > kReplyBytesMax) return away("its answer has no end");
    }
  }

 private:
  tl::unexpected<Error> away(std::string_view why) const {
    return fail(ErrorKind::retry_later, fmt::format("the virus scanner at {} cannot be asked: {}", name_, why));
  }

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  Result<short> wait(short events) const {
    for (;;) {
      auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Steady::now()).count();
      if (left <= 0) return away("it took too long");
      pollfd one{socket_, events, 0};
      int ready = ::poll(&one, 1, static_cast<int>(left));
      if (ready < 0 && errno != EINTR) return away(reason_of(errno));
      if (ready > 0) return one.revents;
    }
  }

  Result<void> connect_to(int family, const sockaddr* address, socklen_t size) {
    close();
    socket_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ < 0) return away(reason_of(errno));
    // A socket in the file system says EAGAIN when its queue of callers is full, and nothing ever becomes ready.
    if (::connect(socket_, address, size) == 0) return {};
    if (errno != EINPROGRESS) return away(reason_of(errno));
    POSTROOM_CHECK(wait(POLLOUT));
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return away(reason_of(error));
    return {};
  }

  std::string name_;
  Steady::time_point deadline_;
  int socket_ = -1;
};

std::array<char, 4> big_endian(std::size_t size) {
  const auto value = static_cast<std::uint32_t>(size);
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

Result<void> send_stream(Connection& connection, BytesView content) {
  constexpr BytesView kCommand{"zINSTREAM", 10};  // with its zero byte
  POSTROOM_CHECK(connection.send(kCommand));
  while (!content.empty() && !connection.is_readable()) {
    const BytesView chunk = content.substr(0, kChunkBytes);
    const auto size = big_endian(chunk.size());
    POSTROOM_CHECK(connection.send({size.data(), size.size()}));
    POSTROOM_CHECK(connection.send(chunk));
    content.remove_prefix(chunk.size());
  }
  if (!content.empty()) return {};  // its answer is there before the file's end
  const auto end = big_endian(0);
  return connection.send({end.data(), end.size()});
}

Result<void> open(Connection& connection, const std::string& address, const std::string& host,
                  const std::string& port) {
  return host.empty() ? connection.open_path(address) : connection.open_host(host, port);
}

}  // namespace

Result<std::unique_ptr<ClamdScanner>> ClamdScanner::create(ClamdOptions options) {
  std::string_view address = options.address;
  if (address.starts_with("unix:")) {
    address.remove_prefix(5);
    options.address = std::string(address);
    address = options.address;
  }
  if (address.starts_with('/')) {
    return std::unique_ptr<ClamdScanner>(new ClamdScanner(std::move(options)));
  }
  const auto colon = address.rfind(':');
  const auto port =
      colon == std::string_view::npos ? std::nullopt : parse_int<std::uint16_t>(address.substr(colon + 1));
  std::string_view host = address.substr(0, colon == std::string_view::npos ? 0 : colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!port || *port == 0 || host.empty()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("'{}' is no address of clamd: write a socket's path such as /run/clamav/clamd.ctl, or "
                            "host:port",
                            options.address));
  }
  const std::string host_text(host);  // `host` looks into the options, which move
  std::unique_ptr<ClamdScanner> made(new ClamdScanner(std::move(options)));
  made->host_ = host_text;
  made->port_ = std::to_string(*port);
  return made;
}

Result<ports::ScanReport> ClamdScanner::scan(BytesView content) {
  Connection connection(options_.address, Steady::now() + options_.timeout);
  POSTROOM_CHECK(open(connection, options_.address, host_, port_));
  POSTROOM_CHECK(send_stream(connection, content));
  POSTROOM_TRY(reply, connection.reply());
  return read_reply(reply);
}

Result<void> ClamdScanner::ping() {
  Connection connection(options_.address, Steady::now() + std::min(options_.timeout, options_.ping_timeout));
  POSTROOM_CHECK(open(connection, options_.address, host_, port_));
  POSTROOM_CHECK(connection.send(BytesView{"zPING", 6}));
  POSTROOM_TRY(reply, connection.reply());
  if (reply == "PONG") return {};
  return fail(ErrorKind::retry_later, fmt::format("what answers at {} is no clamd", options_.address));
}

}  // namespace postroom::clamd
