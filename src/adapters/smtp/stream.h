// A connection to a mail server: a socket, with TLS from some point on.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace postroom::smtp {

using Deadline = std::chrono::steady_clock::time_point;

inline constexpr std::size_t kLineBytesMax = 4096;  // of a server's reply; RFC 5321 asks for 512

// What TLS trusts. Immutable; safe from several threads.
class TlsContext {
 public:
  // `ca_file` is PEM; the system's authorities when empty. invalid_input when the file cannot be used.
  static Result<std::shared_ptr<const TlsContext>> create(const std::string& ca_file);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class Stream;
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The context, made when it is first wanted: what is wrong with the file is then said with the message that needs
// it. Safe from several threads.
class LazyTlsContext {
 public:
  explicit LazyTlsContext(std::string ca_file) : ca_file_(std::move(ca_file)) {}
  Result<std::shared_ptr<const TlsContext>> get();

 private:
  const std::string ca_file_;
  std::mutex mutex_;
  std::shared_ptr<const TlsContext> context_;
};

enum class Io { ok, timed_out, closed, refused };

// Not safe from several threads. The program must ignore SIGPIPE: OpenSSL writes to a closed connection with
// write().
class Stream {
 public:
  Stream();
  ~Stream();
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;

  Io connect(const sockaddr* address, socklen_t size, Deadline deadline);
  // `host` is the name in the certificate, checked when `is_checked`. What was read before counts for nothing.
  Io start_tls(const TlsContext& context, const std::string& host, bool is_checked, Deadline deadline);
  bool is_encrypted() const;
  // One line without its end; closed for one longer than kLineBytesMax.
  Io read_line(std::string& line, Deadline deadline);
  Io write(std::string_view bytes, Deadline deadline);
  // The other side has hung up or spoken unasked: of no use any more.
  bool is_stale() const;
  // Why the last call failed, in OpenSSL's or the system's words.
  const std::string& problem() const { return problem_; }

 private:
  struct Impl;
  Io fill(Deadline deadline);
  Io wait(short events, Deadline deadline);
  Io fail_with(Io io, std::string problem);

  std::unique_ptr<Impl> impl_;
  std::string problem_;
};

}  // namespace postroom::smtp
