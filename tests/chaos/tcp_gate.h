// A TCP relay on a free local port that can stall, cut or refuse what passes through it (header only).
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace postroom::tests {

// The byte limits count what clients send, over all connections since the limit was set. Safe from several
// threads.
class TcpGate {
 public:
  explicit TcpGate(std::uint16_t target_port)
      : target_port_(target_port), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = local_address(0);
    socklen_t size = sizeof address;
    if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("the TCP gate cannot listen");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~TcpGate() {
    stopping_ = true;
    acceptor_.join();
    for (std::thread& relay : relays_) relay.join();
    ::close(listener_);
  }
  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  std::uint16_t port() const { return port_; }

  // Everything passes, as at the start.
  void open() { set(Mode::pass, kNoLimit); }
  // Resets every connection once clients have sent this many more bytes, and later ones at once.
  void cut_after(std::uint64_t bytes) { set(Mode::cut, bytes); }
  // Keeps connections open but moves nothing, in either direction, once clients have sent this many more bytes.
  void stall_after(std::uint64_t bytes) { set(Mode::stall, bytes); }

  std::uint64_t bytes_from_clients() const { return bytes_; }
  int connections() const { return connections_; }

 private:
  enum class Mode { pass, cut, stall };
  static constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();
  static constexpr int kPollMillis = 10;

  static sockaddr_in local_address(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }
  void set(Mode mode, std::uint64_t bytes) {
    limit_ = bytes == kNoLimit ? kNoLimit : bytes_ + bytes;
    mode_ = mode;
  }
  bool is_closed() const { return mode_ != Mode::pass && bytes_ >= limit_; }

  void accept_all() {
    while (!stopping_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, kPollMillis) <= 0) continue;
      int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      ++connections_;
      relays_.emplace_back([this, client] { relay(client); });
    }
  }

  void relay(int client) {
    int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = local_address(target_port_);
    int yes = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) pump_both(client, server);
    if (mode_ == Mode::cut) {
      linger reset{1, 0};
      ::setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      ::setsockopt(server, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    ::close(client);
    ::close(server);
  }

  void pump_both(int client, int server) {
    std::vector<char> buffer(64 * 1024);
    while (!stopping_) {
      if (is_closed()) {
        if (mode_ == Mode::cut) return;
        ::usleep(kPollMillis * 1000);
        continue;
      }
      pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
      if (::poll(ends, 2, kPollMillis) <= 0) continue;
      if (ends[0].revents != 0 && !pump(client, server, buffer, true)) return;
      if (ends[1].revents != 0 && !pump(server, client, buffer, false)) return;
    }
  }

  bool pump(int from, int to, std::vector<char>& buffer, bool is_from_client) {
    std::size_t wanted = buffer.size();
    if (is_from_client && mode_ != Mode::pass) {
      if (is_closed()) return true;
      wanted = std::min<std::uint64_t>(wanted, limit_ - bytes_);
    }
    ssize_t count = ::recv(from, buffer.data(), wanted, 0);
    if (count <= 0) return count < 0 && errno == EINTR;
    if (is_from_client) bytes_ += static_cast<std::uint64_t>(count);
    for (ssize_t done = 0; done < count;) {
      ssize_t sent = ::send(to, buffer.data() + done, static_cast<std::size_t>(count - done), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      done += sent;
    }
    return true;
  }

  std::uint16_t target_port_;
  std::uint16_t port_ = 0;
  int listener_;
  std::atomic<bool> stopping_ = false;
  std::atomic<Mode> mode_ = Mode::pass;
  std::atomic<std::uint64_t> limit_ = kNoLimit;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<int> connections_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> relays_;  // touched by the acceptor until it has ended
};

}  // namespace postroom::tests
