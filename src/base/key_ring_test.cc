// Varied: contents, contexts, rings and every single bit of a sealed record. Only an unchanged record, in its own
// place, with its own key, may open.
#include "base/key_ring.h"

#include <gtest/gtest.h>

namespace postroom {
namespace {

class KeyRingTest : public testing::Test {
 protected:
  SeededRandom random_{5};
  std::string text_ = KeyRing::generate(random_);
  KeyRing ring_ = *KeyRing::parse(text_);
};

TEST_F(KeyRingTest, SealsAndOpens) {
  for (std::size_t size : {0u, 1u, 15u, 16u, 17u, 100'000u}) {
    Bytes plain = random_.bytes(size);
    Bytes sealed = ring_.seal(plain, "row 1", random_);
    EXPECT_EQ(sealed.size(), size + KeyRing::kOverheadBytes);
    auto opened = ring_.open(sealed, "row 1");
    ASSERT_TRUE(opened) << size;
    EXPECT_EQ(*opened, plain);
  }
  EXPECT_NE(ring_.seal("x", "row", random_), ring_.seal("x", "row", random_)) << "each has its own nonce";
  EXPECT_EQ(ring_.seal("very visible", "row", random_).find("visible"), Bytes::npos);
}

TEST_F(KeyRingTest, AnyChangedBitIsNoticed) {
  Bytes sealed = ring_.seal("secret", "row 1", random_);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    auto opened = ring_.open(changed, "row 1");
    ASSERT_FALSE(opened) << bit;
    EXPECT_EQ(opened.error().kind, ErrorKind::corrupt);
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(ring_.open(BytesView(sealed).substr(0, size), "row 1")) << size;
  }
  EXPECT_FALSE(ring_.open(sealed + "x", "row 1"));
}

TEST_F(KeyRingTest, ARecordOpensInItsOwnPlaceOnly) {
  Bytes sealed = ring_.seal("secret", "row 1", random_);
  for (const char* context : {"row 2", "row 1 ", "", "ROW 1"}) EXPECT_FALSE(ring_.open(sealed, context)) << context;
}

TEST_F(KeyRingTest, RotationSealsWithTheNewKeyAndOpensWithBoth) {
  Bytes old = ring_.seal("secret", "row", random_);
  auto text = KeyRing::rotate(text_, random_);
  ASSERT_TRUE(text);
  KeyRing both = *KeyRing::parse(*text);
  EXPECT_EQ(both.open(old, "row"), "secret");
  Bytes fresh = both.seal("secret", "row", random_);
  EXPECT_EQ(fresh[4], 2) << "the new key's id";
  EXPECT_EQ(both.open(fresh, "row"), "secret");
  auto with_old_ring = ring_.open(fresh, "row");
  ASSERT_FALSE(with_old_ring);
  EXPECT_NE(with_old_ring.error().message.find("key 2"), std::string::npos);
  EXPECT_EQ(both.lookup_hash("x", "to"), ring_.lookup_hash("x", "to")) << "look-ups outlive a rotation";
}

TEST_F(KeyRingTest, LookupHashDependsOnTextPurposeAndRing) {
  EXPECT_EQ(ring_.lookup_hash("x", "to").size(), 16u);
  EXPECT_EQ(ring_.lookup_hash("x", "to"), ring_.lookup_hash("x", "to"));
  EXPECT_NE(ring_.lookup_hash("x", "to"), ring_.lookup_hash("y", "to"));
  EXPECT_NE(ring_.lookup_hash("x", "to"), ring_.lookup_hash("x", "from"));
  EXPECT_NE(ring_.lookup_hash("x", "to"), KeyRing::parse(KeyRing::generate(random_))->lookup_hash("x", "to"));
}

TEST_F(KeyRingTest, FaultyTextsNameTheLine) {
  std::string key(64, 'a');
  const std::pair<std::string, const char*> cases[] = {{"", "holds no key"},
                                                       {"# only a comment\n", "holds no key"},
                                                       {"1 " + key.substr(1), "line 1"},
                                                       {"1 " + key + "a", "line 1"},
                                                       {"0 " + key, "line 1"},
                                                       {"x " + key, "line 1"},
                                                       {key, "line 1"},
                                                       {"1 " + key + "\n1 " + key, "line 2"},
                                                       {"# c\n\n1 " + key + "\n2 zz", "line 4"},
                                                       {"4294967296 " + key, "line 1"}};
  for (const auto& [text, part] : cases) {
    auto ring = KeyRing::parse(text);
    ASSERT_FALSE(ring) << text;
    EXPECT_NE(ring.error().message.find(part), std::string::npos) << ring.error().message;
    EXPECT_EQ(ring.error().message.find(key.substr(0, 20)), std::string::npos) << "no key material in messages";
    EXPECT_FALSE(KeyRing::rotate(text, random_));
  }
  EXPECT_TRUE(KeyRing::parse("4294967295 " + key));
  EXPECT_TRUE(KeyRing::parse("1 " + key + "\r\n"));
}

TEST(Digests, KeepTheStandardsExamples) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha512("abc")).substr(0, 32), "ddaf35a193617abacc417349ae204131");
  // RFC 4231, test case 2.
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(EqualsConstantTime, ComparesBytes) {
  EXPECT_TRUE(equals_constant_time("", ""));
  EXPECT_TRUE(equals_constant_time("abc", "abc"));
  EXPECT_FALSE(equals_constant_time("abc", "abd"));
  EXPECT_FALSE(equals_constant_time("abc", "ab"));
}

}  // namespace
}  // namespace postroom
