// Authenticated encryption of records at rest: AES-256-GCM, the key's id in the record, several keys so that
// they can be rotated. Also keyed hashes for looking up what is encrypted.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"

namespace postroom {

// Immutable after loading, so safe from several threads.
class KeyRing {
 public:
  static constexpr std::size_t kKeyBytes = 32;
  // Bytes a sealed record is longer than its content: version, key id, nonce, tag.
  static constexpr std::size_t kOverheadBytes = 1 + 4 + 12 + 16;

  // Text form, one key a line: "ID HEX64", ID a number from 1; the last line's key seals, all open. Lines
  // starting with # are comments. Keep the file as safe as the database and apart from its backups.
  static Result<KeyRing> parse(std::string_view text);
  // A new ring text with one fresh key.
  static std::string generate(Random& random);
  // `text` with one more key, which seals from now on.
  static Result<std::string> rotate(std::string_view text, Random& random);

  // `context` is bound to the record and must be given again to open it, so that a sealed value cannot be
  // moved to another row or column.
  Bytes seal(BytesView plain, std::string_view context, Random& random) const;
  // corrupt when the record was altered, moved, or sealed with a key that the ring lacks.
  Result<Bytes> open(BytesView sealed, std::string_view context) const;
  // 16 bytes, the same for the same text and purpose while the ring's first key stays.
  Bytes lookup_hash(std::string_view text, std::string_view purpose) const;
  // For what is signed or encrypted outside the columns: 32 bytes of every key of the ring, other bytes for
  // another purpose, the sealing key's last.
  std::vector<Bytes> derived_keys(std::string_view purpose) const;

 private:
  std::map<std::uint32_t, Bytes> keys_;
  std::uint32_t sealing_key_ = 0;
  Bytes hash_key_;
};

Bytes sha256(BytesView bytes);
Bytes sha512(BytesView bytes);
Bytes hmac_sha256(BytesView key, BytesView message);
// Time depends on the lengths only.
bool equals_constant_time(BytesView a, BytesView b);

}  // namespace postroom
