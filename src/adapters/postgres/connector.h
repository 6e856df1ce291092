// Makes connections, and remembers for a moment that the server is away, so that callers hear it at once instead
// of each waiting for a time-out.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "adapters/postgres/connection.h"
#include "base/result.h"

namespace postroom::postgres {

// After a failed attempt nobody tries again for so long.
constexpr std::chrono::milliseconds kReconnectPause{250};

// Safe from several threads.
class Connector {
 public:
  explicit Connector(std::string url) : url_(std::move(url)), place_(describe_url(url_)) {}

  // Throws DatabaseError.
  std::unique_ptr<Connection> connect();
  // "postgresql://user@host:5432/name", without the password.
  const std::string& place() const { return place_; }
  // Says where: every error that leaves the adapter is about this place.
  Error explain(const DatabaseError& error) const;

  // The place that a URL names, without the password; empty when it is not a PostgreSQL URL.
  static std::string describe_url(const std::string& url);

 private:
  const std::string url_;
  const std::string place_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point away_until_;
  std::string last_message_;
};

}  // namespace postroom::postgres
