// The vector of the Standard Webhooks libraries, and what must differ: keys, kinds, ends.
#include "flows/callbacks/webhook_signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "base/text.h"

namespace postroom::flows {
namespace {

using ports::CallbackKeyKind;
using ports::CallbackSecret;
using namespace std::chrono_literals;

const UtcTime kNow = from_micros(1'614'265'330'000'000);
constexpr std::string_view kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::string_view kTime = "1614265330";
constexpr std::string_view kBody = R"({"test": 2432232314})";

CallbackSecret secret_of(CallbackKeyKind kind, Bytes key, std::optional<UtcTime> ends_at = {}) {
  return {.id = {}, .endpoint = {}, .kind = kind, .key = std::move(key), .created_at = kNow, .ends_at = ends_at};
}

TEST(WebhookSignature, TheSpecificationsVector) {
  auto key = parse_webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  ASSERT_TRUE(key);
  const CallbackSecret secrets[] = {secret_of(CallbackKeyKind::v1, *key)};
  EXPECT_EQ(webhook_signatures(secrets, kNow, kId, kTime, kBody),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_EQ(*webhook_key_text(CallbackKeyKind::v1, *key), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
}

TEST(WebhookSignature, EachSecretSignsUntilItEnds) {
  SeededRandom random(5);
  const Bytes first = make_webhook_key(CallbackKeyKind::v1, random),
              second = make_webhook_key(CallbackKeyKind::v1, random);
  const CallbackSecret both[] = {secret_of(CallbackKeyKind::v1, second),
                                 secret_of(CallbackKeyKind::v1, first, kNow + 1h)};
  const CallbackSecret newer[] = {both[0]}, older[] = {secret_of(CallbackKeyKind::v1, first)};
  const std::string new_text = webhook_signatures(newer, kNow, kId, kTime, kBody);
  const std::string old_text = webhook_signatures(older, kNow, kId, kTime, kBody);
  EXPECT_NE(new_text, old_text);
  EXPECT_EQ(webhook_signatures(both, kNow, kId, kTime, kBody), new_text + " " + old_text);
  EXPECT_EQ(webhook_signatures(both, kNow + 1h, kId, kTime, kBody), new_text);
  EXPECT_EQ(webhook_signatures({}, kNow, kId, kTime, kBody), "");
}

TEST(WebhookSignature, Ed25519VerifiesWithThePublicKey) {
  SeededRandom random(6);
  const Bytes seed = make_webhook_key(CallbackKeyKind::v1a, random);
  const CallbackSecret secrets[] = {secret_of(CallbackKeyKind::v1a, seed)};
  const std::string text = webhook_signatures(secrets, kNow, kId, kTime, kBody);
  ASSERT_TRUE(text.starts_with("v1a,")) << text;
  auto signature = from_base64(text.substr(4));
  auto key_text = webhook_key_text(CallbackKeyKind::v1a, seed);
  ASSERT_TRUE(signature && key_text && key_text->starts_with("whpk_"));
  auto key = from_base64(key_text->substr(5));
  ASSERT_TRUE(key);
  auto bytes = [](const std::string& s) { return reinterpret_cast<const unsigned char*>(s.data()); };
  EVP_PKEY* public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(*key), key->size());
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const std::string message = fmt::format("{}.{}.{}", kId, kTime, kBody);
  ASSERT_EQ(EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, public_key), 1);
  EXPECT_EQ(EVP_DigestVerify(context, bytes(*signature), signature->size(), bytes(message), message.size()), 1);
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(public_key);
  EXPECT_FALSE(webhook_key_text(CallbackKeyKind::v1a, "short"));
}

TEST(WebhookSignature, SecretsMadeElsewhereAreChecked) {
  for (auto [text, why] : {std::pair{"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begins with whsec_"},
                           {"whsec_not base64", "base64"},
                           {"whsec_c2hvcnQ=", "has 5 bytes"}}) {
    auto key = parse_webhook_secret(text);
    ASSERT_FALSE(key) << text;
    EXPECT_THAT(key.error().message, testing::HasSubstr(why));
  }
}

TEST(WebhookId, IsTheSameForTheSameEventAndReadsBack) {
  const auto one = callback_event_id("send-delivery-status", "a", "delivered 1");
  EXPECT_EQ(one, callback_event_id("send-delivery-status", "a", "delivered 1"));
  EXPECT_NE(one, callback_event_id("send-delivery-status", "a", "delivered 2"));
  EXPECT_NE(one, callback_event_id("send-complaint", "a", "delivered 1"));
  const std::string text = webhook_id(one);
  EXPECT_EQ(text.size(), 36u);
  EXPECT_EQ(parse_webhook_id(text), one);
  EXPECT_EQ(parse_webhook_id(one.text()), one);
  for (const char* bad : {"", "msg_", "msg_00", "msg_zz", "nonsense"}) EXPECT_FALSE(parse_webhook_id(bad)) << bad;
}

}  // namespace
}  // namespace postroom::flows
