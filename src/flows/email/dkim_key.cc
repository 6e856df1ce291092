#include "flows/email/dkim_key.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "base/key_ring.h"

namespace postroom::flows {
namespace {

using email::DkimAlgorithm;

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, Free>;

Bytes content_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return Bytes(data, static_cast<std::size_t>(std::max(size, 0L)));
}

// A key with a passphrase is refused instead of asked for on the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

struct DkimKey::Handle {
  std::unique_ptr<EVP_PKEY, Free> key;
};

DkimKey DkimKey::generate(DkimAlgorithm algorithm) {
  auto handle = std::make_shared<Handle>();
  handle->key.reset(algorithm == DkimAlgorithm::rsa_sha256
                        ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(kDkimRsaBits))
                        : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!handle->key) throw std::runtime_error("OpenSSL made no key");
  return DkimKey(std::move(handle), algorithm);
}

Result<DkimKey> DkimKey::parse(std::string_view pem) {
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto handle = std::make_shared<Handle>();
  handle->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!handle->key)
    return fail(ErrorKind::invalid_input, "this is no private key in PEM form, or it has a passphrase");
  const int kind = EVP_PKEY_base_id(handle->key.get());
  if (kind == EVP_PKEY_ED25519) return DkimKey(std::move(handle), DkimAlgorithm::ed25519_sha256);
  const int bits = EVP_PKEY_bits(handle->key.get());
  if (kind != EVP_PKEY_RSA || bits < kDkimRsaBitsMin || bits > kDkimRsaBitsMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the key must be Ed25519, or RSA of {} to {} bits", kDkimRsaBitsMin, kDkimRsaBitsMax));
  }
  return DkimKey(std::move(handle), DkimAlgorithm::rsa_sha256);
}

std::string DkimKey::pem() const {
  Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), handle_->key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return content_of(bio.get());
}

Bytes DkimKey::public_key() const {
  if (algorithm_ == DkimAlgorithm::ed25519_sha256) {
    Bytes out(32, '\0');
    std::size_t size = out.size();
    EVP_PKEY_get_raw_public_key(handle_->key.get(), reinterpret_cast<unsigned char*>(out.data()), &size);
    return out;
  }
  Bio bio(BIO_new(BIO_s_mem()));
  i2d_PUBKEY_bio(bio.get(), handle_->key.get());
  return content_of(bio.get());
}

Result<Bytes> DkimKey::sign(std::string_view text) const {
  // RFC 8463 section 3: PureEdDSA over the hash.
  const bool is_rsa = algorithm_ == DkimAlgorithm::rsa_sha256;
  const Bytes hash = is_rsa ? Bytes() : sha256(text);
  const std::string_view input = is_rsa ? text : std::string_view(hash);
  std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(input.data());
  Bytes out(static_cast<std::size_t>(EVP_PKEY_size(handle_->key.get())), '\0');
  std::size_t size = out.size();
  const bool done =
      EVP_DigestSignInit(context.get(), nullptr, is_rsa ? EVP_sha256() : nullptr, nullptr, handle_->key.get()) ==
          1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes, input.size()) == 1;
  ERR_clear_error();
  if (!done) return fail(ErrorKind::corrupt, "a DKIM key does not sign");
  out.resize(size);
  return out;
}

}  // namespace postroom::flows
