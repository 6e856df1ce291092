#include "adapters/postgres/connector.h"

#include <libpq-fe.h>

#include "base/log.h"
#include "base/text.h"

namespace postroom::postgres {

std::unique_ptr<Connection> Connector::connect() {
  {
    std::lock_guard lock(mutex_);
    if (std::chrono::steady_clock::now() < away_until_) throw DatabaseError("", last_message_);
  }
  try {
    return std::make_unique<Connection>(url_);
  } catch (const DatabaseError& error) {
    std::lock_guard lock(mutex_);
    if (std::chrono::steady_clock::now() >= away_until_)
      log_error("database.unreachable", {{"error", error.what()}});
    away_until_ = std::chrono::steady_clock::now() + kReconnectPause;
    last_message_ = error.what();
    throw;
  }
}

Error Connector::explain(const DatabaseError& error) const {
  Error out = error.error();
  out.message = place_ + ": " + out.message;
  return out;
}

std::string Connector::describe_url(const std::string& url) {
  if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) return "";
  PQconninfoOption* options = PQconninfoParse(url.c_str(), nullptr);
  if (options == nullptr) return "";
  std::string user, host, port, name;
  bool is_port_good = true;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view keyword = option->keyword;
    if (keyword == "user")
      user = std::string(option->val) + "@";
    else if (keyword == "host" || (keyword == "hostaddr" && host.empty()))
      host = option->val;
    else if (keyword == "port") {
      port = std::string(":") + option->val;
      // A list for several hosts has commas.
      is_port_good = std::string_view(option->val).find_first_not_of("0123456789,") == std::string_view::npos;
    } else if (keyword == "dbname")
      name = option->val;
  }
  PQconninfoFree(options);
  if (!is_port_good) return "";
  return "postgresql://" + user + host + port + "/" + name;
}

}  // namespace postroom::postgres
