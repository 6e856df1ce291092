#include "base/link_token.h"

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "base/key_ring.h"
#include "base/text.h"

namespace postroom {
namespace {

using Fault = tl::unexpected<LinkTokenFault>;

constexpr char kFernetVersion = '\x80';
constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kBlockBytes = 16;
constexpr std::size_t kHalfKeyBytes = 16;
constexpr std::size_t kMacBytes = 32;
constexpr std::size_t kFernetHeaderBytes = 1 + kTimeBytes + kBlockBytes;
constexpr std::size_t kFernetBytesMin = kFernetHeaderBytes + kBlockBytes + kMacBytes;
constexpr std::string_view kEscapedStop = "%2E";

const unsigned char* raw(BytesView bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// AES-128-CBC with PKCS#7 padding. Nothing when the padding is wrong, which only a holder of the key can see.
std::optional<Bytes> run_cipher(bool encrypting, BytesView key, BytesView iv, BytesView input) {
  std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> cipher(EVP_CIPHER_CTX_new());
  Bytes out(input.size() + kBlockBytes, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  int size = 0;
  int rest = 0;
  if (EVP_CipherInit_ex2(cipher.get(), EVP_aes_128_cbc(), raw(key), raw(iv), encrypting ? 1 : 0, nullptr) != 1 ||
      EVP_CipherUpdate(cipher.get(), to, &size, raw(input), static_cast<int>(input.size())) != 1) {
    throw std::runtime_error("OpenSSL refused AES-128-CBC");
  }
  if (EVP_CipherFinal_ex(cipher.get(), to + size, &rest) != 1) return std::nullopt;
  out.resize(static_cast<std::size_t>(size + rest));
  return out;
}

std::int64_t seconds_of(UtcTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

// Big-endian.
Bytes number_bytes(std::uint64_t number, std::size_t bytes_min) {
  Bytes out;
  for (int shift = 56; shift >= 0; shift -= 8) {
    auto byte = static_cast<char>(number >> shift);
    if (byte != 0 || !out.empty() || static_cast<std::size_t>(shift) / 8 < bytes_min) out += byte;
  }
  return out;
}

std::int64_t number_of(BytesView bytes) {
  std::uint64_t number = 0;
  for (char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(number);
}

std::optional<LinkTokenFault> check_age(std::int64_t made, std::chrono::seconds age_max, UtcTime now_time) {
  std::int64_t now = seconds_of(now_time);
  if (made < 0 || made > now + LinkTokens::kClockSkewMax.count()) return LinkTokenFault::invalid;
  if (made + age_max.count() < now) return LinkTokenFault::expired;
  return std::nullopt;
}

tl::expected<std::string, LinkTokenFault> read_signed(const ValueSigner& signer, std::string_view token,
                                                      std::chrono::seconds age_max, UtcTime now) {
  std::size_t signature = token.rfind('.');
  if (signature == std::string_view::npos) return Fault(LinkTokenFault::invalid);
  std::string_view signed_part = token.substr(0, signature);
  std::size_t time = signed_part.rfind('.');
  if (time == std::string_view::npos || !signer.has_signed(signed_part, token.substr(signature + 1))) {
    return Fault(LinkTokenFault::invalid);
  }
  auto seconds = from_base64url(signed_part.substr(time + 1));
  if (!seconds || seconds->size() >= kTimeBytes) return Fault(LinkTokenFault::invalid);
  if (auto fault = check_age(number_of(*seconds), age_max, now)) return Fault(*fault);
  auto text = ValueSigner::decode_payload(signed_part.substr(0, time));
  if (!text) return Fault(LinkTokenFault::invalid);
  auto value = parse_json(*text);
  if (!value || !value->is_string()) return Fault(LinkTokenFault::invalid);
  return std::string(value->get_string());
}

}  // namespace

Result<LinkTokens> LinkTokens::create(ValueSigner signer, const std::vector<std::string>& encryption_keys) {
  LinkTokens tokens(std::move(signer));
  for (const std::string& text : encryption_keys) {
    auto key = from_base64url(text);
    if (!key || key->size() != 2 * kHalfKeyBytes) {
      return fail(ErrorKind::invalid_input,
                  "a key for link tokens is not base64url of 32 bytes: make one with `openssl rand -base64 32 | tr "
                  "+/ -_`");
    }
    tokens.keys_.push_back({key->substr(0, kHalfKeyBytes), key->substr(kHalfKeyBytes)});
  }
  return tokens;
}

LinkTokens LinkTokens::of_ring(const KeyRing& ring, std::string_view purpose) {
  LinkTokens tokens(ValueSigner(ring, purpose));
  for (const Bytes& key : ring.derived_keys(std::string("link tokens ").append(purpose))) {
    tokens.keys_.push_back({key.substr(0, kHalfKeyBytes), key.substr(kHalfKeyBytes)});
  }
  return tokens;
}

std::string LinkTokens::make(std::string_view payload, UtcTime now, Random& random) const {
  return keys_.empty() ? make_signed(payload, now) : make_encrypted(payload, now, random);
}

std::string LinkTokens::make_encrypted(std::string_view payload, UtcTime now, Random& random) const {
  const FernetKey& key = keys_.back();
  Bytes iv = random.bytes(kBlockBytes);
  Bytes out(1, kFernetVersion);
  out += number_bytes(static_cast<std::uint64_t>(seconds_of(now)), kTimeBytes);
  out += iv;
  out += run_cipher(true, key.encryption, iv, payload).value();
  out += hmac_sha256(key.signing, out);
  std::string text = to_base64url(out);
  return text.append((4 - text.size() % 4) % 4, '=');  // the Fernet form is padded
}

std::string LinkTokens::make_signed(std::string_view payload, UtcTime now) const {
  std::string text;
  append_json_string(text, payload);
  std::string out = ValueSigner::encode_payload(text);
  out.append(".").append(to_base64url(number_bytes(static_cast<std::uint64_t>(seconds_of(now)), 1)));
  std::string signature = signer_.signature_of(out);
  return replace_all(out.append(".").append(signature), ".", kEscapedStop);
}

tl::expected<std::string, LinkTokenFault> LinkTokens::read(std::string_view token, std::chrono::seconds age_max,
                                                           UtcTime now) const {
  if (token.size() > kTokenBytesMax) return Fault(LinkTokenFault::invalid);
  // A web server decodes %2E in a path, a text that was copied from a mail has it still.
  std::string plain = percent_decode(token, false);
  auto bytes = keys_.empty() ? std::nullopt : from_base64url(plain);
  if (bytes && bytes->size() >= kFernetBytesMin && bytes->front() == kFernetVersion) {
    BytesView all = *bytes;
    BytesView signed_part = all.substr(0, all.size() - kMacBytes);
    for (auto key = keys_.rbegin(); key != keys_.rend(); ++key) {
      if (!equals_constant_time(hmac_sha256(key->signing, signed_part), all.substr(signed_part.size()))) continue;
      if (auto fault = check_age(number_of(all.substr(1, kTimeBytes)), age_max, now)) return Fault(*fault);
      auto payload = run_cipher(false, key->encryption, all.substr(1 + kTimeBytes, kBlockBytes),
                                signed_part.substr(kFernetHeaderBytes));
      if (!payload) return Fault(LinkTokenFault::invalid);
      return std::move(*payload);
    }
  }
  return read_signed(signer_, plain, age_max, now);
}

}  // namespace postroom
