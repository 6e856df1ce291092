// JSON values as signed text, readable by anyone, changeable only with a secret. The form is that of Python's
// itsdangerous (URLSafeSerializer with a salt), so that values signed by GOV.UK Notify can be read and the
// other way round: PAYLOAD.SIGNATURE, both base64url without padding, HMAC-SHA1 with a derived key. HMAC-SHA1
// is not broken, but new forms should use KeyRing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/json.h"
#include "base/key_ring.h"
#include "base/result.h"

namespace postroom {

// Immutable, so safe from several threads.
class ValueSigner {
 public:
  // What a compressed payload may grow to when it is read.
  static constexpr std::size_t kJsonBytesMax = 16 * 1024 * 1024;

  // `secrets` oldest first, at least one: the last signs, all verify. Values of one purpose are no values of
  // another when their salts differ.
  ValueSigner(const std::vector<std::string>& secrets, std::string_view salt);
  // Signs with secrets of the ring, which so need no setting of their own and are rotated with it.
  ValueSigner(const KeyRing& ring, std::string_view salt);

  // `json_text` is compact JSON, as write_json() makes it. Compresses where that saves two bytes or more.
  std::string sign_json(std::string_view json_text) const;
  std::string sign(const json::value& value) const { return sign_json(write_json(value)); }
  // The JSON text as it was signed, with every digit. invalid_input when a character was changed or none of
  // the secrets signed it.
  Result<std::string> verify_json(std::string_view signed_text) const;
  Result<json::value> verify(std::string_view signed_text) const;

  // base64url of the newest secret's signature of `text`.
  std::string signature_of(std::string_view text) const;
  // True when `signature` is that of one of the secrets. Compares in constant time.
  bool has_signed(std::string_view text, std::string_view signature) const;

  // A payload (what stands before the signature) of JSON text, and back.
  static std::string encode_payload(std::string_view json_text);
  static Result<std::string> decode_payload(std::string_view payload);

 private:
  std::vector<Bytes> keys_;  // derived from the secrets, oldest first
};

}  // namespace postroom
