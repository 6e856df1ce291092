// Names in the DNS.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postroom::ports {

struct MailExchanger {
  int preference = 0;  // lower first
  std::string host;    // without a final dot; empty in a null MX (RFC 7505)

  friend bool operator==(const MailExchanger&, const MailExchanger&) = default;
};

// Errors of every method: not_found (the name does not exist), retry_later (no server answers, or it cannot say),
// invalid_input (no name at all). A name without records of the kind gives an empty list. Safe from several
// threads.
class NameResolver {
 public:
  virtual ~NameResolver() = default;
  virtual Result<std::vector<MailExchanger>> mail_exchangers(std::string_view domain) = 0;
  // IPv4 and IPv6 addresses as text, IPv4 first.
  virtual Result<std::vector<std::string>> addresses(std::string_view host) = 0;
  // Each record's strings joined.
  virtual Result<std::vector<std::string>> texts(std::string_view name) = 0;
};

}  // namespace postroom::ports
