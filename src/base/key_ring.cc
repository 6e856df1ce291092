#include "base/key_ring.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <memory>
#include <stdexcept>

#include "base/text.h"

namespace postroom {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHeaderBytes = 1 + 4;

const unsigned char* raw(BytesView bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

// Fetched once: looking a cipher up by name costs more than sealing a short record.
const EVP_CIPHER* aes_256_gcm() {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  if (cipher == nullptr) throw std::runtime_error("OpenSSL lacks AES-256-GCM");
  return cipher;
}

void require(bool ok) {
  if (!ok) throw std::runtime_error("OpenSSL refused an encryption call");
}

std::string key_line(std::uint32_t id, Random& random) {
  return std::to_string(id) + " " + to_hex(random.bytes(KeyRing::kKeyBytes)) + "\n";
}

}  // namespace

std::string KeyRing::generate(Random& random) {
  return "# postroom key ring: without it the encrypted columns cannot be read. The last key seals.\n" +
         key_line(1, random);
}

Result<KeyRing> KeyRing::parse(std::string_view text) {
  KeyRing ring;
  int number = 0;
  for (const std::string& full : postroom::split(text, '\n')) {
    ++number;
    std::string_view line = trim(full);
    if (line.empty() || line.front() == '#') continue;
    auto blank = line.find(' ');
    auto id = parse_int<std::uint32_t>(line.substr(0, blank));
    auto key = blank == std::string_view::npos ? std::nullopt : from_hex(trim(line.substr(blank)));
    if (!id || *id == 0 || !key || key->size() != kKeyBytes || ring.keys_.contains(*id)) {
      return fail(ErrorKind::invalid_input, "key ring line " + std::to_string(number) +
                                                " is not 'ID HEX' with a new ID from 1 and 64 hex digits: restore "
                                                "the file from its backup");
    }
    if (ring.keys_.empty()) ring.hash_key_ = hmac_sha256(*key, "postroom lookup hash");
    ring.keys_[*id] = *key;
    ring.sealing_key_ = *id;
  }
  if (ring.keys_.empty()) {
    return fail(ErrorKind::invalid_input, "the key ring holds no key: restore the file from its backup");
  }
  return ring;
}

Result<std::string> KeyRing::rotate(std::string_view text, Random& random) {
  POSTROOM_TRY(ring, parse(text));
  std::string out(text);
  if (!out.empty() && out.back() != '\n') out += '\n';
  return out + key_line(ring.keys_.rbegin()->first + 1, random);
}

Bytes KeyRing::seal(BytesView plain, std::string_view context, Random& random) const {
  Bytes out(kOverheadBytes + plain.size(), '\0');
  out[0] = kVersion;
  for (int i = 0; i < 4; ++i)
    out[static_cast<std::size_t>(1 + i)] = static_cast<char>(sealing_key_ >> (24 - 8 * i));
  random.fill(out.data() + kHeaderBytes, kNonceBytes);
  auto* body = reinterpret_cast<unsigned char*>(out.data()) + kHeaderBytes + kNonceBytes;

  CipherContext cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  require(EVP_EncryptInit_ex2(cipher.get(), aes_256_gcm(), raw(keys_.at(sealing_key_)), raw(out) + kHeaderBytes,
                              nullptr) == 1);
  require(EVP_EncryptUpdate(cipher.get(), nullptr, &length, raw(context), static_cast<int>(context.size())) == 1);
  require(EVP_EncryptUpdate(cipher.get(), body, &length, raw(plain), static_cast<int>(plain.size())) == 1);
  require(EVP_EncryptFinal_ex(cipher.get(), body + length, &length) == 1);
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, body + plain.size()) == 1);
  return out;
}

Result<Bytes> KeyRing::open(BytesView sealed, std::string_view context) const {
  if (sealed.size() < kOverheadBytes || sealed[0] != kVersion) {
    return fail(ErrorKind::corrupt, "a sealed record is cut short or not one");
  }
  std::uint32_t id = 0;
  for (std::size_t i = 1; i <= 4; ++i) id = id << 8 | static_cast<unsigned char>(sealed[i]);
  auto key = keys_.find(id);
  if (key == keys_.end()) {
    return fail(ErrorKind::corrupt, "a record was sealed with key " + std::to_string(id) +
                                        ", which the key ring lacks: restore that line of the key ring file");
  }
  BytesView body = sealed.substr(kHeaderBytes + kNonceBytes);
  BytesView tag = body.substr(body.size() - kTagBytes);
  body.remove_suffix(kTagBytes);

  Bytes out(body.size(), '\0');
  CipherContext cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  require(EVP_DecryptInit_ex2(cipher.get(), aes_256_gcm(), raw(key->second), raw(sealed) + kHeaderBytes, nullptr) ==
          1);
  require(EVP_DecryptUpdate(cipher.get(), nullptr, &length, raw(context), static_cast<int>(context.size())) == 1);
  require(EVP_DecryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(out.data()), &length, raw(body),
                            static_cast<int>(body.size())) == 1);
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, const_cast<char*>(tag.data())) == 1);
  unsigned char rest[16];
  if (EVP_DecryptFinal_ex(cipher.get(), rest, &length) != 1) {
    return fail(ErrorKind::corrupt, "a sealed record was altered or belongs to another row");
  }
  return out;
}

Bytes KeyRing::lookup_hash(std::string_view text, std::string_view purpose) const {
  Bytes message(purpose);
  message += '\0';
  message += text;
  return hmac_sha256(hash_key_, message).substr(0, 16);
}

std::vector<Bytes> KeyRing::derived_keys(std::string_view purpose) const {
  const std::string label = std::string("postroom derived key\0", 21).append(purpose);
  std::vector<Bytes> out;
  for (const auto& [id, key] : keys_) {
    if (id != sealing_key_) out.push_back(hmac_sha256(key, label));
  }
  out.push_back(hmac_sha256(keys_.at(sealing_key_), label));
  return out;
}

Bytes sha256(BytesView bytes) {
  Bytes out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(raw(bytes), bytes.size(), reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

Bytes sha512(BytesView bytes) {
  Bytes out(SHA512_DIGEST_LENGTH, '\0');
  SHA512(raw(bytes), bytes.size(), reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

Bytes hmac_sha256(BytesView key, BytesView message) {
  Bytes out(SHA256_DIGEST_LENGTH, '\0');
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(message), message.size(),
       reinterpret_cast<unsigned char*>(out.data()), &length);
  return out;
}

bool equals_constant_time(BytesView a, BytesView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace postroom
