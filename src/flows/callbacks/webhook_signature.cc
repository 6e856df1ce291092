#include "flows/callbacks/webhook_signature.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <memory>

#include "base/key_ring.h"
#include "base/log.h"

namespace postroom::flows {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::string_view kPublicPrefix = "whpk_";
constexpr std::string_view kIdPrefix = "msg_";
constexpr std::size_t kEd25519SignatureBytes = 64;

struct KeyCloser {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct DigestCloser {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyCloser>;

const unsigned char* raw(BytesView bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

Key private_key(BytesView seed) {
  if (seed.size() != kEd25519KeyBytes) return nullptr;
  return Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw(seed), seed.size()));
}

// Empty when the key is none.
Bytes ed25519_signature(BytesView seed, BytesView message) {
  const Key key = private_key(seed);
  const std::unique_ptr<EVP_MD_CTX, DigestCloser> context(EVP_MD_CTX_new());
  Bytes out(kEd25519SignatureBytes, '\0');
  std::size_t size = out.size();
  if (!key || !context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), raw(out), &size, raw(message), message.size()) != 1) {
    return {};
  }
  return out;
}

}  // namespace

std::string webhook_id(ports::CallbackEventId id) { return std::string(kIdPrefix) + to_hex(id.bytes()); }

std::optional<ports::CallbackEventId> parse_webhook_id(std::string_view text) {
  if (text.starts_with(kIdPrefix)) {
    auto bytes = from_hex(text.substr(kIdPrefix.size()));
    return bytes ? ports::CallbackEventId::from_bytes(*bytes) : std::nullopt;
  }
  return ports::CallbackEventId::parse(text);
}

ports::CallbackEventId callback_event_id(std::string_view kind, std::string_view subject, std::string_view what) {
  Bytes hash = sha256(fmt::format("{}\n{}\n{}", kind, subject, what)).substr(0, 16);
  // A UUID of version 8: made by rules of our own (RFC 9562 section 5.8).
  hash[6] = static_cast<char>((static_cast<unsigned char>(hash[6]) & 0x0F) | 0x80);
  hash[8] = static_cast<char>((static_cast<unsigned char>(hash[8]) & 0x3F) | 0x80);
  return ports::CallbackEventId::from_bytes(hash).value_or(ports::CallbackEventId{});
}

Bytes make_webhook_key(ports::CallbackKeyKind kind, Random& random) {
  return random.bytes(kind == ports::CallbackKeyKind::v1 ? kWebhookKeyBytesMade : kEd25519KeyBytes);
}

Result<std::string> webhook_key_text(ports::CallbackKeyKind kind, BytesView key) {
  if (kind == ports::CallbackKeyKind::v1) return std::string(kSecretPrefix) + to_base64(key);
  const Key made = private_key(key);
  Bytes out(kEd25519KeyBytes, '\0');
  std::size_t size = out.size();
  if (!made || EVP_PKEY_get_raw_public_key(made.get(), raw(out), &size) != 1) {
    return fail(ErrorKind::internal, "a callback's private key is none of Ed25519");
  }
  return std::string(kPublicPrefix) + to_base64(out);
}

Result<Bytes> parse_webhook_secret(std::string_view text) {
  if (!text.starts_with(kSecretPrefix)) {
    return fail(ErrorKind::invalid_input, "a secret begins with whsec_; leave it out to have one made");
  }
  auto key = from_base64(text.substr(kSecretPrefix.size()));
  if (!key) return fail(ErrorKind::invalid_input, "what follows whsec_ must be base64");
  if (key->size() < kWebhookKeyBytesMin || key->size() > kWebhookKeyBytesMax) {
    return fail(ErrorKind::invalid_input, fmt::format("the secret has {} bytes, but must have {} to {}",
                                                      key->size(), kWebhookKeyBytesMin, kWebhookKeyBytesMax));
  }
  // Not moved: GCC 12 then warns of a short string that is as long.
  return Bytes(key->begin(), key->end());
}

std::string webhook_signatures(std::span<const ports::CallbackSecret> secrets, UtcTime now, std::string_view id,
                               std::string_view timestamp, std::string_view body) {
  std::string out;
  if (secrets.empty()) return out;
  const std::string signed_text = fmt::format("{}.{}.{}", id, timestamp, body);
  for (const ports::CallbackSecret& secret : secrets) {
    if (secret.ends_at && *secret.ends_at <= now) continue;
    const bool is_v1 = secret.kind == ports::CallbackKeyKind::v1;
    const Bytes signature =
        is_v1 ? hmac_sha256(secret.key, signed_text) : ed25519_signature(secret.key, signed_text);
    if (signature.empty()) {
      log_error("callback.unusable_key", {{"secret", secret.id.text()}});
      continue;
    }
    if (!out.empty()) out += ' ';
    out += ports::to_string(secret.kind);
    out += ',';
    out += to_base64(signature);
  }
  return out;
}

}  // namespace postroom::flows
