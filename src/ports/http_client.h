// Outgoing HTTP.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text.h"

namespace postroom::ports {

constexpr std::size_t kHttpResponseBytesMaxDefault = 1024 * 1024;

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// What is known of a request when no answer came.
struct HttpProgress {
  bool was_sent = false;  // some of it went out: the other side may have acted on it
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http or https, absolute
  HttpHeaders headers;
  std::string body;  // sent when not empty, or with POST, PUT and PATCH
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{30'000};  // for everything, connecting included
  std::size_t response_bytes_max = kHttpResponseBytesMaxDefault;
  // When given it is filled in, and the request goes out once at most: without it, one that was sent on a kept
  // connection which turns out to be closed is sent again on a new one.
  HttpProgress* progress = nullptr;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;

  // The first header of that name, whatever its case; nothing when absent.
  std::optional<std::string_view> header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (equals_ignoring_case(key, name)) return value;
    return std::nullopt;
  }
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Any complete answer is a value, whatever its status; redirects are answers and not followed. Errors:
  // retry_later (name not resolved, no connection, TLS failed, timed out, cut, answer too large),
  // invalid_input (not a usable http or https URL, header with a line break), forbidden (the address is one
  // this client must not reach). Messages name the host, never path, query or body. Safe from several threads.
  virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

}  // namespace postroom::ports
