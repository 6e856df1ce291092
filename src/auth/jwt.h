// JSON web tokens as services send them: RFC 7519 claims in an RFC 7515 compact form, signed with HS256 only.
// Reading and verifying are apart, because the issuer must be known before its keys can be.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/json.h"
#include "base/time.h"

namespace postroom::auth {

// Tokens of clients are some 200 bytes; the rest of the room is for members we ignore.
inline constexpr std::size_t kTokenBytesMax = 8 * 1024;
// How far the caller's clock may be off, either way, inclusive.
inline constexpr std::chrono::seconds kClockLeeway{30};

// A token that has the right form. Nothing in it can be trusted before verify_signature().
class Token {
 public:
  // Nothing when it is not three base64url parts with JSON objects in the first two, or longer than
  // kTokenBytesMax.
  static std::optional<Token> parse(std::string_view text);

  // The `alg` member is exactly "HS256".
  bool has_supported_algorithm() const;
  // Null when the token has no such claim.
  const json::value* claim(std::string_view name) const { return claims_.if_contains(name); }
  // True when the signature is `key`'s. Compares in constant time.
  bool verify_signature(BytesView key) const;

 private:
  Token() = default;
  std::string signed_part_;  // header.payload as sent
  Bytes signature_;
  json::object header_;
  json::object claims_;
};

enum class ClaimFault {
  no_issued_at,  // no `iat`
  clock,         // `iat` or `nbf` is not within the leeway of `now`, or `iat` is no number
  other,         // `exp` has passed, `aud` names somebody, a claim has the wrong type
};
// The first fault of the registered claims but `iss`; nothing when there is none.
std::optional<ClaimFault> check_claims(const Token& token, UtcTime now);

// Makes a token as clients do. For tests and tools.
std::string make_token(const json::object& header, const json::object& claims, BytesView key);

}  // namespace postroom::auth
