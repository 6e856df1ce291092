// The forms themselves are checked against tests/data/signing.json, in tests/vectors.
#include "base/link_token.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace postroom {
namespace {

using namespace std::chrono_literals;

const UtcTime kMade = *parse_rfc3339("2026-01-02T03:04:05Z");
const std::string kOldKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string kNewKey = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

class LinkTokenTest : public testing::TestWithParam<bool> {
 protected:
  LinkTokens tokens(std::vector<std::string> keys) {
    if (!GetParam()) keys.clear();
    return *LinkTokens::create(ValueSigner({"secret"}, "salt"), keys);
  }
  SeededRandom random_{1};
};

TEST_P(LinkTokenTest, IsReadUntilItsAgeIsOver) {
  LinkTokens both = tokens({kOldKey, kNewKey});
  for (std::string payload : {std::string(), std::string("ana@example.org"),
                              std::string(LinkTokens::kPayloadBytesMax, 'x'), std::string("\"\u00eb\n")}) {
    std::string token = both.make(payload, kMade, random_);
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_%="),
              std::string::npos);
    EXPECT_LE(token.size(), LinkTokens::kTokenBytesMax);
    EXPECT_EQ(both.read(token, 1h, kMade), payload);
    EXPECT_EQ(both.read(token, 1h, kMade + 1h), payload);
    EXPECT_EQ(both.read(token, 1h, kMade + 1h + 1s), tl::unexpected(LinkTokenFault::expired));
    EXPECT_EQ(both.read(token, 1h, kMade - LinkTokens::kClockSkewMax), payload);
    EXPECT_EQ(both.read(token, 1h, kMade - LinkTokens::kClockSkewMax - 1s),
              tl::unexpected(LinkTokenFault::invalid));
    EXPECT_EQ(both.read(replace_all(token, "%2E", "."), 1h, kMade), payload) << "as a web server decodes it";
  }
}

TEST_P(LinkTokenTest, AnyChangedCharacterIsNoticed) {
  LinkTokens one = tokens({kNewKey});
  std::string token = replace_all(one.make("ana@example.org", kMade, random_), "%2E", ".");
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '=') continue;  // padding says nothing
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(one.read(changed, 1h, kMade), tl::unexpected(LinkTokenFault::invalid)) << i;
    EXPECT_EQ(one.read(token.substr(0, i), 1h, kMade), tl::unexpected(LinkTokenFault::invalid)) << i;
  }
  EXPECT_FALSE(one.read(std::string(100'000, 'A'), 1h, kMade));
}

INSTANTIATE_TEST_SUITE_P(, LinkTokenTest, testing::Values(true, false),
                         [](const auto& info) { return std::string(info.param ? "encrypted" : "signed"); });

TEST(LinkTokens, KeysRotate) {
  SeededRandom random(1);
  ValueSigner signer({"secret"}, "salt");
  std::string old_token = LinkTokens::create(signer, {kOldKey})->make("x", kMade, random);
  std::string signed_token = LinkTokens::create(signer, {})->make("x", kMade, random);
  auto both = *LinkTokens::create(signer, {kOldKey, kNewKey});
  EXPECT_EQ(both.read(old_token, 1h, kMade), "x");
  EXPECT_EQ(both.read(signed_token, 1h, kMade), "x");
  EXPECT_EQ(LinkTokens::create(signer, {kNewKey})->read(old_token, 1h, kMade),
            tl::unexpected(LinkTokenFault::invalid));
  EXPECT_EQ(LinkTokens::create(signer, {kNewKey})->read(both.make("x", kMade, random), 1h, kMade), "x");
}

TEST(LinkTokens, RefusesKeysOfAnotherSize) {
  ValueSigner signer({"secret"}, "salt");
  EXPECT_FALSE(LinkTokens::create(signer, {"AAEC"}));
  EXPECT_FALSE(LinkTokens::create(signer, {"no base64!"}));
  EXPECT_FALSE(LinkTokens::create(signer, {""}));
}

TEST(LinkTokens, OfARingAreOfOnePurpose) {
  SeededRandom random(3);
  std::string first = KeyRing::generate(random);
  KeyRing old_ring = *KeyRing::parse(first);
  KeyRing new_ring = *KeyRing::parse(*KeyRing::rotate(first, random));
  std::string token = LinkTokens::of_ring(old_ring, "unsubscribe").make("x", kMade, random);
  EXPECT_EQ(LinkTokens::of_ring(new_ring, "unsubscribe").read(token, 1h, kMade), "x");
  EXPECT_FALSE(LinkTokens::of_ring(new_ring, "invitation").read(token, 1h, kMade));
}

}  // namespace
}  // namespace postroom
