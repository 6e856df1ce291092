// NameResolver over libresolv.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "ports/name_resolver.h"

namespace postroom::dns {

struct DnsOptions {
  // Empty: the servers of /etc/resolv.conf. Else an IPv4 address, with ":port" where it is not 53.
  std::string server;
  std::chrono::seconds try_timeout{3};  // for one question to one server
  int tries = 2;                        // of each server
  std::chrono::seconds keep{300};       // how long an answer is good, found or not
  std::size_t kept_max = 10'000;
};

class DnsResolver final : public ports::NameResolver {
 public:
  // invalid_input when the server is no address. `real_time` must outlive it.
  static Result<std::unique_ptr<DnsResolver>> create(DnsOptions options, const Clock& real_time);
  ~DnsResolver() override;

  Result<std::vector<ports::MailExchanger>> mail_exchangers(std::string_view domain) override;
  Result<std::vector<std::string>> addresses(std::string_view host) override;
  Result<std::vector<std::string>> texts(std::string_view name) override;

 private:
  struct Impl;
  explicit DnsResolver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace postroom::dns
