// Keys in memory. Signatures are checked with the public key that the DNS record would hold.
#include "flows/email/dkim_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/key_ring.h"
#include "base/text.h"
#include "ports/testing_secrets.h"

namespace postroom::flows {
namespace {

using email::DkimAlgorithm;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Dkim : public testing::Test {
 protected:
  ports::testing::MemorySecretStore secrets_;
  MovableClock clock_{from_micros(1'700'000'000'000'000)};
  DkimBook book_{secrets_, clock_};
  DkimSigner signer_{book_, clock_};

  StoredDkimKey add(std::string domain, std::string selector,
                    DkimAlgorithm algorithm = DkimAlgorithm::ed25519_sha256, bool in_use = true) {
    clock_.advance(std::chrono::seconds(1));
    auto made = book_.add({std::move(domain), std::move(selector), algorithm, "", in_use});
    EXPECT_TRUE(made) << made.error().message;
    return *made;
  }
  std::vector<std::string> selectors_for(std::string_view domain) {
    std::vector<std::string> out;
    const auto keys = book_.list().value();
    for (const StoredDkimKey* key : signing_keys(keys, domain)) out.push_back(key->selector);
    return out;
  }
};

constexpr std::string_view kMessage = "From: a@mail.council.example\r\nSubject: x\r\n\r\nhello\r\n";

bool verifies(const StoredDkimKey& stored, std::string_view text, BytesView signature) {
  const Bytes raw = stored.key.public_key();
  const bool is_rsa = stored.key.algorithm() == DkimAlgorithm::rsa_sha256;
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  EVP_PKEY* key = is_rsa ? d2i_PUBKEY(nullptr, &bytes, static_cast<long>(raw.size()))
                         : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes, raw.size());
  const Bytes input = is_rsa ? Bytes(text) : sha256(text);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, is_rsa ? EVP_sha256() : nullptr, nullptr, key);
  const int right =
      EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                       reinterpret_cast<const unsigned char*>(input.data()), input.size());
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return right == 1;
}

TEST_F(Dkim, KeysSignWhatTheirRecordVerifies) {
  for (DkimAlgorithm algorithm : {DkimAlgorithm::rsa_sha256, DkimAlgorithm::ed25519_sha256}) {
    const auto stored = add("council.example", std::string(to_string(algorithm)), algorithm);
    auto signature = stored.key.sign("some text");
    ASSERT_TRUE(signature);
    EXPECT_TRUE(verifies(stored, "some text", *signature));
    EXPECT_FALSE(verifies(stored, "some texT", *signature));
  }
}

TEST_F(Dkim, KeysSurviveTheStore) {
  const auto made = add("Council.Example", "S1", DkimAlgorithm::rsa_sha256);
  auto found = book_.find("council.example", "s1");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->key.public_key(), made.key.public_key());
  EXPECT_EQ(found->domain, "council.example");
  EXPECT_EQ(found->created_at, made.created_at);
}

TEST_F(Dkim, TakesAKeyFromOutside) {
  const std::string pem = DkimKey::generate(DkimAlgorithm::ed25519_sha256).pem();
  auto made = book_.add({"council.example", "s1", DkimAlgorithm::rsa_sha256, pem, true});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->key.algorithm(), DkimAlgorithm::ed25519_sha256);
  EXPECT_EQ(made->key.pem(), pem);
  for (const char* bad : {"x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}) {
    auto refused = book_.add({"council.example", "s2", DkimAlgorithm::rsa_sha256, bad, true});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
  }
}

TEST_F(Dkim, TheNewestKeyOfEachAlgorithmSigns) {
  add("council.example", "r1", DkimAlgorithm::rsa_sha256);
  add("council.example", "e1");
  add("council.example", "e2");
  add("council.example", "e3", DkimAlgorithm::ed25519_sha256, false);
  EXPECT_THAT(selectors_for("council.example"), ElementsAre("r1", "e2"));
  EXPECT_TRUE(book_.set_in_use("council.example", "e3", true));
  EXPECT_THAT(selectors_for("council.example"), ElementsAre("r1", "e3"));
  EXPECT_TRUE(book_.remove("council.example", "r1"));
  EXPECT_THAT(selectors_for("council.example"), ElementsAre("e3"));
}

TEST_F(Dkim, TheNearestDomainSigns) {
  add("council.example", "above", DkimAlgorithm::rsa_sha256);
  add("mail.council.example", "near");
  EXPECT_THAT(selectors_for("mail.council.example"), ElementsAre("near"));
  EXPECT_THAT(selectors_for("other.council.example"), ElementsAre("above"));
  EXPECT_THAT(selectors_for("elsewhere.example"), ElementsAre());
}

TEST_F(Dkim, SignerWritesOneHeaderForEachKey) {
  add("council.example", "r1", DkimAlgorithm::rsa_sha256);
  const auto ed = add("council.example", "e1");
  auto lines = signer_.signatures(kMessage, "mail.council.example", clock_.now());
  ASSERT_TRUE(lines) << lines.error().message;
  EXPECT_THAT(*lines, testing::StartsWith("DKIM-Signature: v=1; a=rsa-sha256;"));
  const std::size_t second = lines->find("\r\nDKIM-Signature: v=1; a=ed25519-sha256;");
  ASSERT_NE(second, std::string::npos);
  const std::size_t mark = lines->find("\r\n b=", second);
  const auto signature = from_base64(replace_all(lines->substr(mark + 5, lines->size() - mark - 7), "\r\n ", ""));
  ASSERT_TRUE(signature);
  const auto draft = email::DkimMessage::read(kMessage)->draft({"council.example", "e1"}, clock_.now());
  EXPECT_TRUE(verifies(ed, draft.signed_text, *signature));
}

TEST_F(Dkim, WithoutKeysNothingIsSigned) {
  EXPECT_EQ(signer_.signatures(kMessage, "mail.council.example", clock_.now()).value(), "");
}

TEST_F(Dkim, AChangeCountsAfterAWhileAndALostStoreNotAtAll) {
  add("council.example", "e1");
  ASSERT_TRUE(signer_.signatures(kMessage, "council.example", clock_.now()));
  add("council.example", "e2");
  clock_.advance(DkimSigner::kReloadEvery);
  EXPECT_THAT(signer_.signatures(kMessage, "council.example", clock_.now()).value(), HasSubstr(" s=e2;"));
  clock_.advance(DkimSigner::kReloadEvery);
  secrets_.fault.count = 1;
  EXPECT_THAT(signer_.signatures(kMessage, "council.example", clock_.now()).value(), HasSubstr(" s=e2;"));
}

TEST_F(Dkim, RefusalsSayWhatToDo) {
  add("council.example", "s1");
  auto twice = book_.add({"COUNCIL.example", "S1", DkimAlgorithm::ed25519_sha256, "", true});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().kind, ErrorKind::conflict);
  EXPECT_THAT(twice.error().message, HasSubstr("another selector"));
  EXPECT_THAT(book_.add({"council", "s1", DkimAlgorithm::ed25519_sha256, "", true}).error().message,
              HasSubstr("domain"));
  EXPECT_THAT(book_.add({"a.example", "s 1", DkimAlgorithm::ed25519_sha256, "", true}).error().message,
              HasSubstr("selector"));
  EXPECT_THAT(book_.find("council.example", "s9").error().message, HasSubstr("dkim list"));
  EXPECT_EQ(book_.remove("council.example", "s9").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace postroom::flows
