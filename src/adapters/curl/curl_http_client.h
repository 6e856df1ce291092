// HttpClient over libcurl.
#pragma once

#include <memory>
#include <string>

#include "ports/http_client.h"

namespace postroom::curl {

constexpr std::size_t kIdleHandlesMaxDefault = 64;

struct CurlOptions {
  // False refuses every address that is not globally reachable, after the name was resolved, at the moment of
  // connecting; a user in the URL, and ports below 1024 but 80 and 443. For URLs that customers chose.
  bool allow_private_addresses = true;
  // Talks to this Unix socket whatever host the URL names. Needs allow_private_addresses.
  std::string unix_socket_path;
  std::string user_agent = "postroom";
  // A PEM file of certificate authorities instead of the system's.
  std::string ca_file;
  // Ciphers of TLS 1.2 that may be used, in OpenSSL's form; empty: its own choice.
  std::string tls_ciphers;
  // "host:port:address,address": a name that resolves so, whatever a resolver says. For tests.
  std::string resolve;
  // Handles, each with its open connections, kept for reuse between calls. More calls may run at once.
  std::size_t idle_handles_max = kIdleHandlesMaxDefault;
};

// The program must ignore SIGPIPE: OpenSSL writes to a closed connection with write().
// Environment proxies are ignored: a proxy would resolve names out of the guard's sight.
class CurlHttpClient final : public ports::HttpClient {
 public:
  explicit CurlHttpClient(CurlOptions options = {});
  ~CurlHttpClient() override;

  Result<ports::HttpResponse> send(const ports::HttpRequest& request) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// One request over the Unix socket of a running server. The URL's host is ignored: "http://postroom/status".
// retry_later when nobody listens there.
Result<ports::HttpResponse> send_over_unix_socket(const std::string& socket_path,
                                                  const ports::HttpRequest& request);

}  // namespace postroom::curl
