// A TCP or TLS connection, non-blocking once it stands. Internal to this folder.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::smpp {

struct LineOptions {
  std::string host;
  std::uint16_t port = 2775;
  bool is_tls = false;
  std::string ca_file;  // PEM of authorities instead of the system's
  std::chrono::milliseconds connect_timeout{5'000};
};

// For one thread.
class Line {
 public:
  // Blocks until it stands; retry_later when it does not.
  static Result<std::unique_ptr<Line>> open(const LineOptions& options);

  int socket() const { return socket_; }
  // What went out of `bytes`; 0 when the line is busy. retry_later when it broke.
  Result<std::size_t> send(BytesView bytes);
  // What came; empty when nothing has. retry_later when it broke or the other side closed it.
  Result<Bytes> receive();

 private:
  struct Closer {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  explicit Line(CURL* handle) : handle_(handle) {}
  std::unique_ptr<CURL, Closer> handle_;
  int socket_ = -1;
};

}  // namespace postroom::smpp
