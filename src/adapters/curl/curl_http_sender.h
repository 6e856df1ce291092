// HttpSender over libcurl: one thread, epoll, any number of requests under way.
#pragma once

#include <memory>

#include "adapters/curl/curl_http_client.h"
#include "ports/http_sender.h"

namespace postroom::curl {

// Open connections kept for reuse.
constexpr long kKeptConnectionsMax = 1'024;

// Options as for CurlHttpClient; idle_handles_max counts requests at once whose handles are kept.
class CurlHttpSender final : public ports::HttpSender {
 public:
  explicit CurlHttpSender(CurlOptions options = {});
  // Requests under way end with retry_later.
  ~CurlHttpSender() override;

  void start(ports::HttpRequest request, Done done) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postroom::curl
