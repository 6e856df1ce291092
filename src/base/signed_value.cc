#include "base/signed_value.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <zlib.h>

#include <optional>
#include <stdexcept>

namespace postroom {
namespace {

// Between salt and secret in the derivation of a key, as itsdangerous has it.
constexpr std::string_view kKeyInfix = "signer";
constexpr int kCompressionLevel = 6;
// Whoever signs compresses only when it saves this much.
constexpr std::size_t kSavedBytesMin = 2;

const unsigned char* raw(BytesView bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

Bytes sha1(BytesView bytes) {
  Bytes out(SHA_DIGEST_LENGTH, '\0');
  SHA1(raw(bytes), bytes.size(), reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::string hmac_sha1(BytesView key, std::string_view message) {
  Bytes out(SHA_DIGEST_LENGTH, '\0');
  unsigned int length = 0;
  if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), raw(message), message.size(),
           reinterpret_cast<unsigned char*>(out.data()), &length) == nullptr) {
    throw std::runtime_error("OpenSSL refused HMAC-SHA1");
  }
  return to_base64url(out);
}

Bytes compress(BytesView plain) {
  uLongf size = compressBound(plain.size());
  Bytes out(size, '\0');
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size, raw(plain), plain.size(), kCompressionLevel) != Z_OK) {
    throw std::bad_alloc();
  }
  out.resize(size);
  return out;
}

// Nothing when `packed` is no zlib stream, or longer than the limit when unpacked.
std::optional<Bytes> uncompress(BytesView packed) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) throw std::bad_alloc();
  // zlib's interface predates const; it does not write to its input.
  stream.next_in = const_cast<Bytef*>(raw(packed));
  stream.avail_in = static_cast<uInt>(packed.size());
  Bytes out;
  int state = Z_OK;
  while (state == Z_OK && out.size() <= ValueSigner::kJsonBytesMax) {
    char piece[16 * 1024];
    stream.next_out = reinterpret_cast<Bytef*>(piece);
    stream.avail_out = sizeof piece;
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(piece, sizeof piece - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END || out.size() > ValueSigner::kJsonBytesMax) return std::nullopt;
  return out;
}

}  // namespace

ValueSigner::ValueSigner(const std::vector<std::string>& secrets, std::string_view salt) {
  if (secrets.empty()) throw std::invalid_argument("a signer needs a secret");
  for (const std::string& secret : secrets) {
    keys_.push_back(sha1(std::string(salt).append(kKeyInfix).append(secret)));
  }
}

ValueSigner::ValueSigner(const KeyRing& ring, std::string_view salt)
    : ValueSigner(ring.derived_keys("signed values"), salt) {}

std::string ValueSigner::encode_payload(std::string_view json_text) {
  Bytes packed = compress(json_text);
  if (packed.size() + kSavedBytesMin <= json_text.size()) return '.' + to_base64url(packed);
  return to_base64url(json_text);
}

Result<std::string> ValueSigner::decode_payload(std::string_view payload) {
  bool compressed = payload.starts_with('.');
  auto bytes = from_base64url(payload.substr(compressed ? 1 : 0));
  if (bytes && compressed) bytes = uncompress(*bytes);
  if (!bytes) return fail(ErrorKind::invalid_input, "a signed value is not readable: ask its sender for a new one");
  return std::move(*bytes);
}

std::string ValueSigner::signature_of(std::string_view text) const { return hmac_sha1(keys_.back(), text); }

bool ValueSigner::has_signed(std::string_view text, std::string_view signature) const {
  bool found = false;
  // The newest first, but always all: time says nothing about which it was.
  for (auto key = keys_.rbegin(); key != keys_.rend(); ++key) {
    found |= equals_constant_time(hmac_sha1(*key, text), signature);
  }
  return found;
}

std::string ValueSigner::sign_json(std::string_view json_text) const {
  std::string out = encode_payload(json_text);
  std::string signature = signature_of(out);
  return out.append(".").append(signature);
}

Result<std::string> ValueSigner::verify_json(std::string_view signed_text) const {
  std::size_t dot = signed_text.rfind('.');
  if (dot == std::string_view::npos || !has_signed(signed_text.substr(0, dot), signed_text.substr(dot + 1))) {
    return fail(ErrorKind::invalid_input,
                "a signed value was altered or signed with an unknown secret: ask its sender for a new one");
  }
  return decode_payload(signed_text.substr(0, dot));
}

Result<json::value> ValueSigner::verify(std::string_view signed_text) const {
  POSTROOM_TRY(text, verify_json(signed_text));
  return parse_json(text);
}

}  // namespace postroom
