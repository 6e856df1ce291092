// A private key that signs emails.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/email/dkim.h"

namespace postroom::flows {

// RFC 8301: at least 1,024; larger ones than 4,096 do not fit what every verifier reads.
inline constexpr int kDkimRsaBits = 2048;
inline constexpr int kDkimRsaBitsMin = 1024;
inline constexpr int kDkimRsaBitsMax = 4096;

// Immutable; safe from several threads.
class DkimKey {
 public:
  // From OpenSSL's own generator: a private key is not to be replayed.
  static DkimKey generate(email::DkimAlgorithm algorithm);
  // A private key in PEM without passphrase: RSA of 1,024 to 4,096 bits, or Ed25519. invalid_input otherwise.
  static Result<DkimKey> parse(std::string_view pem);

  email::DkimAlgorithm algorithm() const { return algorithm_; }
  std::string pem() const;  // never logged
  // As dkim_record_text() wants it.
  Bytes public_key() const;
  // Signs SHA-256 of `text` as the algorithm says. corrupt when OpenSSL refuses.
  Result<Bytes> sign(std::string_view text) const;

 private:
  struct Handle;
  DkimKey(std::shared_ptr<const Handle> handle, email::DkimAlgorithm algorithm)
      : handle_(std::move(handle)), algorithm_(algorithm) {}
  std::shared_ptr<const Handle> handle_;
  email::DkimAlgorithm algorithm_;
};

}  // namespace postroom::flows
