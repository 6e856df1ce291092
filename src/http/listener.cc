#include "http/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "http/server.h"

namespace postroom::http {
namespace {

constexpr int kBacklog = 1024;
constexpr int kSocketFlags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<Address> parse_address(const std::string& text, std::uint16_t port) {
  Address out;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&out.storage, &v4, sizeof v4);
    out.size = sizeof v4;
    return out;
  }
  if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&out.storage, &v6, sizeof v6);
    out.size = sizeof v6;
    return out;
  }
  return std::nullopt;
}

std::string show(const std::string& address, std::uint16_t port) {
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

Error bind_error(int code, const std::string& where, std::string_view setting) {
  switch (code) {
    case EADDRINUSE:
      return {ErrorKind::conflict,
              fmt::format("{} {} is in use by another program: stop it or choose another port with {}", setting,
                          where, setting)};
    case EACCES:
      return {ErrorKind::forbidden,
              fmt::format("{} {}: no permission to listen there; choose a port of 1024 or above with {}", setting,
                          where, setting)};
    case EADDRNOTAVAIL:
      return {
          ErrorKind::invalid_input,
          fmt::format("{} {}: this machine has no such address; use 127.0.0.1, 0.0.0.0 or one that `ip addr` lists",
                      setting, where)};
    default:
      return {ErrorKind::internal, fmt::format("{} {}: cannot listen: {}", setting, where, std::strerror(code))};
  }
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  if (storage.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port);
  return ntohs(reinterpret_cast<sockaddr_in*>(&storage)->sin_port);
}

// Whether somebody listens on the socket file.
bool is_answered(const sockaddr_un& address) {
  int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  bool answered = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return answered;
}

// Makes room for a socket file, when what stands there is a dead socket.
Result<void> clear_stale(const std::string& path, const sockaddr_un& address) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode))
    return fail(ErrorKind::conflict, fmt::format("{} is in the way and is not a socket: move it away", path));
  if (is_answered(address))
    return fail(
        ErrorKind::conflict,
        fmt::format("{} is in use: postroom already runs with this data folder; stop it or use another folder",
                    path));
  if (::unlink(path.c_str()) != 0)
    return fail(ErrorKind::forbidden,
                fmt::format("{}: cannot replace the old socket: {}", path, std::strerror(errno)));
  return {};
}

}  // namespace

Result<Listener> Listener::open_tcp(const std::string& address, std::uint16_t port, std::string_view setting_name) {
  std::optional<Address> parsed = parse_address(address, port);
  if (!parsed)
    return fail(ErrorKind::invalid_input,
                fmt::format("{} {}: not an IP address; write for example {} 127.0.0.1:6011", setting_name, address,
                            setting_name));
  int fd = ::socket(parsed->storage.ss_family, kSocketFlags, 0);
  if (fd < 0) return fail(bind_error(errno, show(address, port), setting_name));
  Listener out(fd, parsed->storage.ss_family);
  int on = 1;
  // Without it a restart fails while connections of the last run are in TIME_WAIT.
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&parsed->storage), parsed->size) != 0 || ::listen(fd, kBacklog) != 0)
    return fail(bind_error(errno, show(address, port), setting_name));
  out.port_ = bound_port(fd);
  return out;
}

Result<Listener> Listener::open_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return fail(ErrorKind::invalid_input,
                fmt::format("{}: a socket path has at most {} bytes, this one has {}; use a shorter data folder",
                            path, sizeof address.sun_path - 1, path.size()));
  std::memcpy(address.sun_path, path.data(), path.size());
  POSTROOM_CHECK(clear_stale(path, address));
  int fd = ::socket(AF_UNIX, kSocketFlags, 0);
  if (fd < 0)
    return fail(ErrorKind::internal, fmt::format("{}: cannot make a socket: {}", path, std::strerror(errno)));
  Listener out(fd, AF_UNIX);
  // On Linux the file inherits the mode of the socket, so that it is never open to others, not even briefly.
  ::fchmod(fd, S_IRUSR | S_IWUSR);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    int code = errno;
    if (code == ENOENT)
      return fail(ErrorKind::invalid_input, fmt::format("{}: the folder does not exist; create it first", path));
    return fail(ErrorKind::forbidden,
                fmt::format("{}: cannot make the socket there: {}", path, std::strerror(code)));
  }
  out.unix_path_ = path;
  struct stat info{};
  if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || ::stat(path.c_str(), &info) != 0 ||
      ::listen(fd, kBacklog) != 0)
    return fail(ErrorKind::internal, fmt::format("{}: cannot listen: {}", path, std::strerror(errno)));
  out.inode_ = info.st_ino;
  return out;
}

Listener::~Listener() {
  if (fd_ >= 0) ::close(fd_);
  if (unix_path_.empty()) return;
  struct stat info{};
  if (::stat(unix_path_.c_str(), &info) == 0 && info.st_ino == inode_) ::unlink(unix_path_.c_str());
}

Listener::Listener(Listener&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      family_(other.family_),
      port_(other.port_),
      unix_path_(std::exchange(other.unix_path_, {})),
      inode_(other.inode_) {}

Listener& Listener::operator=(Listener&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(family_, other.family_);
  std::swap(port_, other.port_);
  std::swap(unix_path_, other.unix_path_);
  std::swap(inode_, other.inode_);
  return *this;
}

int Listener::release() { return std::exchange(fd_, -1); }

Result<Endpoint> parse_endpoint(std::string_view text, std::string_view setting_name) {
  auto bad = [&] {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} {}: not an address and port; write for example {} 127.0.0.1:6011 or {} [::1]:6011",
                            setting_name, text, setting_name, setting_name));
  };
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  std::optional<std::uint16_t> port = parse_int<std::uint16_t>(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (!port) return bad();
  if (host == "localhost") host = "127.0.0.1";
  if (host == "*") host = "0.0.0.0";
  bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (bracketed != (host.find(':') != std::string_view::npos)) return bad();
  if (!parse_address(std::string(host), *port)) return bad();
  return Endpoint{std::string(host), *port};
}

}  // namespace postroom::http
