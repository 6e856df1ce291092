// What the benchmarks' receivers have in common: a port on loopback, one thread, one line of JSON for each line on
// standard input ("quit" ends it). Prints its port first.
#pragma once

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <vector>

namespace postroom::bench {

class SinkServer {
 public:
  SinkServer() {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, kBacklog);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    watch(listener_);
    watch(STDIN_FILENO);
    fmt::print("{}\n", ntohs(address.sin_port));
    std::fflush(stdout);
  }
  virtual ~SinkServer() = default;
  SinkServer(const SinkServer&) = delete;
  SinkServer& operator=(const SinkServer&) = delete;

  void run() {
    epoll_event events[256];
    while (true) {
      const int count = ::epoll_wait(epoll_, events, 256, -1);
      for (int i = 0; i < count; ++i) {
        const int fd = events[i].data.fd;
        if (fd == listener_) {
          accept_all();
        } else if (fd == STDIN_FILENO) {
          if (!obey()) return;
        } else {
          read_from(fd);
        }
      }
    }
  }

 protected:
  static void say(int fd, std::string_view text) {
    [[maybe_unused]] auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
  }

 private:
  static constexpr std::size_t kReadBytes = 256 * 1024;
  static constexpr int kBacklog = 4096;

  virtual void opened(int fd) = 0;
  virtual void received(int fd, std::string_view bytes) = 0;
  virtual void closed(int fd) = 0;
  // Prints one line.
  virtual void answer(std::string_view word) = 0;

  void watch(int fd) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }
  bool obey() {
    char line[64];
    const ssize_t size = ::read(STDIN_FILENO, line, sizeof line);
    const std::string_view word(line, size > 0 ? static_cast<std::size_t>(size) : 0);
    if (word.empty() || word.starts_with("quit")) return false;
    answer(word);
    std::fflush(stdout);
    return true;
  }
  void accept_all() {
    for (int fd = 0; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      watch(fd);
      opened(fd);
    }
  }
  void read_from(int fd) {
    const ssize_t size = ::recv(fd, bytes_.data(), bytes_.size(), 0);
    if (size > 0) return received(fd, {bytes_.data(), static_cast<std::size_t>(size)});
    closed(fd);
    ::close(fd);
  }

  int listener_ = -1, epoll_ = -1;
  std::vector<char> bytes_ = std::vector<char>(kReadBytes);
};

}  // namespace postroom::bench
