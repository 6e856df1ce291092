#include "flows/receipts/sns_verifier.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace postroom::flows {
namespace {

constexpr std::chrono::seconds kFetchTimeout{5};

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Null when the text is no certificate.
std::unique_ptr<EVP_PKEY, Free> public_key_of(std::string_view pem) {
  std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::unique_ptr<X509, Free> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!certificate) return nullptr;
  return std::unique_ptr<EVP_PKEY, Free>(X509_get_pubkey(certificate.get()));
}

bool has_signed(EVP_PKEY* key, std::string_view text, BytesView signature, const EVP_MD* digest) {
  std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const auto* signed_bytes = reinterpret_cast<const unsigned char*>(signature.data());
  bool is_right = EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
                  EVP_DigestVerify(context.get(), signed_bytes, signature.size(), bytes, text.size()) == 1;
  ERR_clear_error();
  return is_right;
}

}  // namespace

Result<void> SnsVerifier::check(const receipts::SnsMessage& message) {
  POSTROOM_TRY(pem, certificate(message.certificate_url));
  auto key = public_key_of(*pem);
  if (!key || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) {
    return fail(ErrorKind::forbidden, "what SigningCertURL gives is no certificate of an RSA key");
  }
  const EVP_MD* digest = message.signature_version == 1 ? EVP_sha1() : EVP_sha256();
  if (!has_signed(key.get(), receipts::signed_text(message), message.signature, digest)) {
    return fail(ErrorKind::forbidden, "the signature is not that of the message");
  }
  return {};
}

Result<std::shared_ptr<const std::string>> SnsVerifier::certificate(const std::string& url) {
  if (!receipts::is_sns_url(url)) {
    return fail(ErrorKind::forbidden, "SigningCertURL is not an address of Amazon SNS");
  }
  const UtcTime now = clock_.now();
  if (auto cached = certificates_.find(url, now)) return cached;
  ports::HttpRequest request;
  request.url = url;
  request.connect_timeout = kFetchTimeout;
  request.timeout = kFetchTimeout;
  request.response_bytes_max = kCertificateBytesMax;
  POSTROOM_TRY(response, client_.send(request));
  if (response.status != 200) {
    return fail(response.status >= 500 ? ErrorKind::retry_later : ErrorKind::forbidden,
                fmt::format("SigningCertURL answered {}", response.status));
  }
  auto pem = std::make_shared<const std::string>(std::move(response.body));
  if (public_key_of(*pem)) certificates_.put(url, pem, now);
  return pem;
}

}  // namespace postroom::flows
