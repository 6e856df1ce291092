// A key and certificate of the test's own stand for Amazon's. Varied: one part of a message at a time, the address
// of the certificate, and what it gives.
#include "flows/receipts/sns_verifier.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace postroom::flows {
namespace {

constexpr std::string_view kUrl = "https://sns.eu-west-1.amazonaws.com/cert.pem";

class Signer {
 public:
  Signer() : key_(EVP_RSA_gen(2048)), certificate_(X509_new()) {
    X509_set_version(certificate_, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_sign(certificate_, key_, EVP_sha256());
  }
  ~Signer() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  std::string pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate_);
    char* data = nullptr;
    auto size = BIO_get_mem_data(bio, &data);
    std::string out(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return out;
  }

  Bytes sign(std::string_view text, const EVP_MD* digest) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, digest, nullptr, key_);
    std::size_t size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    EVP_DigestSign(context, nullptr, &size, bytes, text.size());
    Bytes out(size, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, bytes, text.size());
    EVP_MD_CTX_free(context);
    out.resize(size);
    return out;
  }

 private:
  EVP_PKEY* key_;
  X509* certificate_;
};

class FakeClient final : public ports::HttpClient {
 public:
  ports::HttpResponse answer{.status = 200, .headers = {}, .body = {}};
  int calls = 0;
  Result<ports::HttpResponse> send(const ports::HttpRequest&) override {
    ++calls;
    return answer;
  }
};

class SnsVerifierTest : public testing::Test {
 protected:
  SnsVerifierTest() { client_.answer.body = signer_.pem(); }

  receipts::SnsMessage a_message(int version = 2) {
    receipts::SnsMessage message{.message_id = "m1",
                                 .topic = "arn:aws:sns:eu-west-1:1:ses",
                                 .message = "news",
                                 .timestamp = "2026-05-14T12:15:30.000Z",
                                 .signature_version = version,
                                 .certificate_url = std::string(kUrl)};
    message.signature = signer_.sign(receipts::signed_text(message), version == 1 ? EVP_sha1() : EVP_sha256());
    return message;
  }

  Signer signer_;
  FakeClient client_;
  MovableClock clock_{from_micros(1'778'760'000'000'000)};
  SnsVerifier verifier_{client_, clock_};
};

TEST_F(SnsVerifierTest, BothVersionsOfSignaturesAreGood) {
  EXPECT_TRUE(verifier_.check(a_message(1)));
  EXPECT_TRUE(verifier_.check(a_message(2)));
}

TEST_F(SnsVerifierTest, AnAlteredMessageIsRefused) {
  auto refused = [&](auto change) {
    receipts::SnsMessage message = a_message();
    change(message);
    auto result = verifier_.check(message);
    return !result && result.error().kind == ErrorKind::forbidden;
  };
  EXPECT_TRUE(refused([](auto& m) { m.message = "other news"; }));
  EXPECT_TRUE(refused([](auto& m) { m.topic = "arn:aws:sns:eu-west-1:2:ses"; }));
  EXPECT_TRUE(refused([](auto& m) { m.timestamp = "2026-05-14T12:15:31.000Z"; }));
  EXPECT_TRUE(refused([](auto& m) { m.signature[0] ^= 1; }));
  EXPECT_TRUE(refused([](auto& m) { m.signature.clear(); }));
  EXPECT_TRUE(refused([](auto& m) { m.signature_version = 1; }));
}

TEST_F(SnsVerifierTest, AnotherKeysSignatureIsRefused) {
  Signer other;
  receipts::SnsMessage message = a_message();
  message.signature = other.sign(receipts::signed_text(message), EVP_sha256());
  EXPECT_FALSE(verifier_.check(message));
}

TEST_F(SnsVerifierTest, CertificatesComeFromSnsOnly) {
  receipts::SnsMessage message = a_message();
  message.certificate_url = "https://sns.eu-west-1.amazonaws.com.evil.example/cert.pem";
  EXPECT_EQ(verifier_.check(message).error().kind, ErrorKind::forbidden);
  EXPECT_EQ(client_.calls, 0);
}

TEST_F(SnsVerifierTest, TheCertificateIsFetchedOnceADay) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(verifier_.check(a_message()));
  EXPECT_EQ(client_.calls, 1);
  clock_.advance(SnsVerifier::kCertificateLife);
  EXPECT_TRUE(verifier_.check(a_message()));
  EXPECT_EQ(client_.calls, 2);
}

TEST_F(SnsVerifierTest, WhatIsNoCertificateIsNotKept) {
  client_.answer.body = "<html>";
  EXPECT_EQ(verifier_.check(a_message()).error().kind, ErrorKind::forbidden);
  client_.answer = {.status = 503, .headers = {}, .body = {}};
  EXPECT_EQ(verifier_.check(a_message()).error().kind, ErrorKind::retry_later);
  client_.answer = {.status = 404, .headers = {}, .body = {}};
  EXPECT_EQ(verifier_.check(a_message()).error().kind, ErrorKind::forbidden);
  client_.answer = {.status = 200, .headers = {}, .body = signer_.pem()};
  EXPECT_TRUE(verifier_.check(a_message()));
}

}  // namespace
}  // namespace postroom::flows
