// Who calls the public API: an Authorization header in, a service and its key out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/clock.h"
#include "base/ttl_cache.h"
#include "core/accounts/api_key.h"
#include "core/accounts/service.h"
#include "ports/account_store.h"

namespace postroom::auth {

// A service as it was when it was loaded; may be up to kAccountCacheTtl old.
using ServicePtr = std::shared_ptr<const accounts::Service>;

struct Caller {
  ServicePtr service;
  ApiKeyId key_id;
  accounts::KeyType key_type = accounts::KeyType::normal;
};

// In the order of checking.
enum class AuthFault {
  no_token,
  wrong_scheme,
  malformed_token,
  no_issuer,
  issuer_not_an_id,
  service_not_found,
  service_without_keys,
  service_archived,
  wrong_algorithm,
  clock,
  bad_claims,
  key_not_found,
  key_revoked,
  unavailable,  // the accounts cannot be read just now
};

struct AuthFailure {
  AuthFault fault = AuthFault::no_token;
  int status = 403;  // HTTP
  std::string message;
};

// A changed service or a revoked key counts from this long after the change at the latest.
inline constexpr std::chrono::seconds kAccountCacheTtl{2};
inline constexpr std::size_t kAccountCacheEntriesMax = 1024;
// Keys revoked longer ago are not told apart from keys that never were.
inline constexpr std::chrono::days kRevokedKeyMemory{7};

// Safe from several threads.
class Authenticator {
 public:
  // `wall_clock` is real time even where the product's clock can be moved: clients sign with their own clocks.
  // Both must outlive the Authenticator.
  Authenticator(ports::ServiceStore& services, const Clock& wall_clock);

  // `header` is the value of Authorization; nothing when there was none.
  tl::expected<Caller, AuthFailure> authenticate(std::optional<std::string_view> header);

 private:
  struct Account {
    ServicePtr service;
    std::vector<accounts::ApiKey> keys;
  };
  using AccountPtr = std::shared_ptr<const Account>;

  tl::expected<AccountPtr, AuthFailure> account(ServiceId id, UtcTime now);

  ports::ServiceStore& services_;
  const Clock& wall_clock_;
  TtlCache<ServiceId, Account> cache_{kAccountCacheTtl, kAccountCacheEntriesMax};
};

}  // namespace postroom::auth
