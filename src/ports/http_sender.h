// Outgoing HTTP, many requests at once without a thread for each.
#pragma once

#include <functional>

#include "base/time.h"
#include "ports/http_client.h"

namespace postroom::ports {

class HttpSender {
 public:
  // `took` is from start() on.
  using Done = std::function<void(Result<HttpResponse> response, Duration took)>;

  virtual ~HttpSender() = default;
  // Returns at once. Calls `done` exactly once, on a thread of the sender's own that all requests share: it must be
  // quick, and may call start(). Results as HttpClient::send(), except that an answer which is too large is a
  // value, without its body. Safe from several threads.
  virtual void start(HttpRequest request, Done done) = 0;
};

}  // namespace postroom::ports
