// Opens listening sockets with plain system calls, so that every failure gets a message with a remedy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace postroom::http {

// Owns a listening socket, non-blocking and close-on-exec, and its file when it is a Unix socket.
class Listener {
 public:
  // `setting_name` is how the user set the address. invalid_input, conflict or forbidden.
  static Result<Listener> open_tcp(const std::string& address, std::uint16_t port, std::string_view setting_name);
  // Makes the file with mode 0600. A socket that nobody answers on is replaced; anything else is left alone.
  static Result<Listener> open_unix(const std::string& path);

  ~Listener();
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&& other) noexcept;

  // The socket now belongs to the caller; the file still goes with the Listener.
  int release();
  int family() const { return family_; }
  std::uint16_t port() const { return port_; }

 private:
  Listener(int fd, int family) : fd_(fd), family_(family) {}
  int fd_ = -1;
  int family_ = 0;
  std::uint16_t port_ = 0;
  std::string unix_path_;
  std::uint64_t inode_ = 0;  // the file is removed only while it is still ours
};

}  // namespace postroom::http
