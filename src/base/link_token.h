// Tokens for links in messages: invitations, verification of an address, unsubscribing. They carry a short text
// and the time they were made. With an encryption key a token is a Fernet token (github.com/fernet/spec), which
// hides the text; without, the text is signed as itsdangerous' URLSafeTimedSerializer does, with %2E for full
// stops, because mail programs end links at one.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/signed_value.h"
#include "base/time.h"

namespace postroom {

enum class LinkTokenFault {
  expired,  // ours, but made longer ago than its use allows
  invalid,  // not ours, altered, or from the future
};

// Immutable, so safe from several threads.
class LinkTokens {
 public:
  // How far ahead the clock of another process may be.
  static constexpr std::chrono::seconds kClockSkewMax{60};
  static constexpr std::size_t kPayloadBytesMax = 4 * 1024;
  // Longer texts are no tokens of ours.
  static constexpr std::size_t kTokenBytesMax = 8 * 1024;

  // `encryption_keys` are base64url of 32 bytes each, oldest first: the last encrypts, all decrypt. When there
  // are none, tokens are signed instead. invalid_input when a key is not 32 bytes of base64url.
  static Result<LinkTokens> create(ValueSigner signer, const std::vector<std::string>& encryption_keys);
  // Encrypted tokens with keys of the ring. A token of one purpose is none of another.
  static LinkTokens of_ring(const KeyRing& ring, std::string_view purpose);

  // Safe in a URL's path and query as it is. `payload` is UTF-8 text of at most kPayloadBytesMax.
  std::string make(std::string_view payload, UtcTime now, Random& random) const;
  // The payload. Signed tokens are read with and without encryption keys.
  tl::expected<std::string, LinkTokenFault> read(std::string_view token, std::chrono::seconds age_max,
                                                 UtcTime now) const;

 private:
  struct FernetKey {
    Bytes signing;     // 16 bytes
    Bytes encryption;  // 16 bytes
  };
  explicit LinkTokens(ValueSigner signer) : signer_(std::move(signer)) {}
  std::string make_encrypted(std::string_view payload, UtcTime now, Random& random) const;
  std::string make_signed(std::string_view payload, UtcTime now) const;

  ValueSigner signer_;
  std::vector<FernetKey> keys_;
};

}  // namespace postroom
