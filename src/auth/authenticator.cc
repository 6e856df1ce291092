#include "auth/authenticator.h"

#include "auth/jwt.h"
#include "base/log.h"
#include "base/text.h"

namespace postroom::auth {
namespace {

constexpr std::string_view kScheme = "bearer ";

tl::unexpected<AuthFailure> refuse(AuthFault fault) {
  AuthFailure failure{.fault = fault};
  switch (fault) {
    case AuthFault::no_token:
      failure.status = 401;
      failure.message = "No token was given: send the header Authorization: Bearer TOKEN";
      break;
    case AuthFault::wrong_scheme:
      failure.status = 401;
      failure.message = "The Authorization header must use the Bearer scheme, followed by one blank and the token";
      break;
    case AuthFault::malformed_token:
    case AuthFault::bad_claims:
      failure.message =
          "The token is not valid: it must be a JSON web token with the claims iss and iat, as the "
          "API documentation describes under Authentication";
      break;
    case AuthFault::no_issuer: failure.message = "The token is not valid: the claim iss was not provided"; break;
    case AuthFault::issuer_not_an_id:
      failure.message =
          "The token is not valid: the claim iss has the wrong data type, it must be the id of a service";
      break;
    case AuthFault::service_not_found:
      failure.message = "The token is not valid: no service has the id that the claim iss gives";
      break;
    case AuthFault::service_without_keys:
      failure.message = "The token is not valid: the service has no API keys, create one first";
      break;
    case AuthFault::service_archived: failure.message = "The token is not valid: the service is archived"; break;
    case AuthFault::wrong_algorithm: failure.message = "The token is not valid: its algorithm must be HS256"; break;
    case AuthFault::clock:
      failure.message =
          "The token has expired or is not valid yet: the system clock that makes it must be right to "
          "within 30 seconds";
      break;
    case AuthFault::key_not_found:
      failure.message = "The token is not valid: API key not found, no key of the service has signed it";
      break;
    case AuthFault::key_revoked: failure.message = "The token is not valid: the API key is revoked"; break;
    case AuthFault::unavailable:
      failure.status = 503;
      failure.message = "Services and keys cannot be read at the moment, try again in a few seconds";
      break;
  }
  return tl::unexpected<AuthFailure>(std::move(failure));
}

bool is_remembered(const accounts::ApiKey& key, UtcTime now) {
  if (!key.revoked_at) return true;
  return std::chrono::floor<std::chrono::days>(*key.revoked_at) > now - kRevokedKeyMemory;
}

// The key that made the token, or why there is none. The order of the checks is part of the API.
tl::expected<const accounts::ApiKey*, AuthFailure> find_key(const Token& token,
                                                            const std::vector<accounts::ApiKey>& keys,
                                                            UtcTime now) {
  if (!token.has_supported_algorithm()) return refuse(AuthFault::wrong_algorithm);
  for (const accounts::ApiKey& key : keys) {
    if (!is_remembered(key, now) || !token.verify_signature(key.secret)) continue;
    if (auto fault = check_claims(token, now)) {
      if (*fault == ClaimFault::no_issued_at) continue;
      return refuse(*fault == ClaimFault::clock ? AuthFault::clock : AuthFault::bad_claims);
    }
    if (key.revoked_at) return refuse(AuthFault::key_revoked);
    return &key;
  }
  return refuse(AuthFault::key_not_found);
}

}  // namespace

Authenticator::Authenticator(ports::ServiceStore& services, const Clock& wall_clock)
    : services_(services), wall_clock_(wall_clock) {}

tl::expected<Caller, AuthFailure> Authenticator::authenticate(std::optional<std::string_view> header) {
  if (!header || header->empty()) return refuse(AuthFault::no_token);
  if (!equals_ignoring_case(header->substr(0, kScheme.size()), kScheme)) return refuse(AuthFault::wrong_scheme);
  auto token = Token::parse(header->substr(kScheme.size()));
  if (!token) return refuse(AuthFault::malformed_token);
  const json::value* issuer = token->claim("iss");
  if (issuer == nullptr) return refuse(AuthFault::no_issuer);
  auto service_id = issuer->is_string() ? ServiceId::parse_lenient(issuer->get_string()) : std::nullopt;
  if (!service_id) return refuse(AuthFault::issuer_not_an_id);

  const UtcTime now = wall_clock_.now();
  auto loaded = account(*service_id, now);
  if (!loaded) return tl::unexpected<AuthFailure>(std::move(loaded).error());
  const Account& known = **loaded;
  bool has_keys = false;
  for (const accounts::ApiKey& key : known.keys) has_keys = has_keys || is_remembered(key, now);
  if (!has_keys) return refuse(AuthFault::service_without_keys);
  if (!known.service->active) return refuse(AuthFault::service_archived);
  auto key = find_key(*token, known.keys, now);
  if (!key) return tl::unexpected<AuthFailure>(std::move(key).error());
  return Caller{.service = known.service, .key_id = (*key)->id, .key_type = (*key)->type};
}

tl::expected<Authenticator::AccountPtr, AuthFailure> Authenticator::account(ServiceId id, UtcTime now) {
  if (AccountPtr known = cache_.find(id, now)) return known;
  auto failed = [&](const Error& error) {
    if (error.kind == ErrorKind::not_found) return refuse(AuthFault::service_not_found);
    log_error("auth.accounts_unreadable", {{"service_id", id.text()}, {"error", error.message}});
    return refuse(AuthFault::unavailable);
  };
  auto service = services_.find(id);
  if (!service) return failed(service.error());
  auto keys = services_.keys(id);
  if (!keys) return failed(keys.error());
  auto fresh = std::make_shared<const Account>(
      Account{std::make_shared<const accounts::Service>(std::move(*service)), std::move(*keys)});
  cache_.put(id, fresh, now);
  return fresh;
}

}  // namespace postroom::auth
