// A small HTTP server on threads, for tests.
#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace postroom::curl::testing {

class FakeServer {
 public:
  // Answers every request with `answer`; stays silent when it is empty.
  explicit FakeServer(std::string answer, std::string unix_path = {}) : answer_(std::move(answer)) {
    sockaddr_un local{};
    sockaddr_in address{};
    if (!unix_path.empty()) {
      local.sun_family = AF_UNIX;
      std::memcpy(local.sun_path, unix_path.data(), unix_path.size());
      listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      ::bind(listener_, reinterpret_cast<sockaddr*>(&local), sizeof local);
    } else {
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
      socklen_t size = sizeof address;
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
      port_ = ntohs(address.sin_port);
    }
    ::listen(listener_, 16);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~FakeServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      std::lock_guard lock(mutex_);
      for (int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  std::string url(std::string_view path = "/") const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  std::string last_request() {
    std::lock_guard lock(mutex_);
    return last_request_;
  }

 private:
  void accept_all() {
    while (true) {
      int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      ++connections_;
      std::lock_guard lock(mutex_);
      open_.push_back(fd);
      threads_.emplace_back([this, fd] {
        talk(fd);
        std::lock_guard closing(mutex_);
        std::erase(open_, fd);
        ::close(fd);
      });
    }
  }
  void talk(int fd) {
    std::string buffer;
    char bytes[65536];
    while (true) {
      std::size_t end = buffer.find("\r\n\r\n");
      if (end != std::string::npos) {
        std::size_t length = buffer.find("Content-Length: ");
        std::size_t body = length < end ? std::strtoul(buffer.c_str() + length + 16, nullptr, 10) : 0;
        if (buffer.size() >= end + 4 + body) {
          {
            std::lock_guard lock(mutex_);
            last_request_ = buffer.substr(0, end + 4 + body);
          }
          buffer.erase(0, end + 4 + body);
          ::send(fd, answer_.data(), answer_.size(), MSG_NOSIGNAL);
          continue;
        }
      }
      ssize_t size = ::recv(fd, bytes, sizeof bytes, 0);
      if (size <= 0) return;
      buffer.append(bytes, static_cast<std::size_t>(size));
    }
  }

  const std::string answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::string last_request_;
  std::thread acceptor_;
  std::vector<std::thread> threads_;
};

}  // namespace postroom::curl::testing
