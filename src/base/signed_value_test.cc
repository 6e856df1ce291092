// The signatures themselves are checked against tests/data/signing.json, in tests/vectors.
#include "base/signed_value.h"

#include <gtest/gtest.h>

namespace postroom {
namespace {

const ValueSigner kSigner({"old secret", "new secret"}, "salt");

TEST(ValueSigner, ReadsWhatItSigned) {
  for (std::string text :
       {std::string("{}"), std::string("null"), std::string(R"({"n":12345678901234567890123,"f":0.10})"),
        '"' + std::string(100'000, 'x') + '"', std::string("\"\u00eb\U0001F642\"")}) {
    auto read = kSigner.verify_json(kSigner.sign_json(text));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(*read, text) << "the text comes back as it was, with every digit";
  }
  EXPECT_LT(kSigner.sign_json('"' + std::string(100'000, 'x') + '"').size(), 1000u) << "long values are compressed";
}

TEST(ValueSigner, RotationSignsWithTheNewestAndReadsAll) {
  ValueSigner before({"old secret"}, "salt");
  ValueSigner after({"new secret"}, "salt");
  EXPECT_TRUE(kSigner.verify_json(before.sign_json("1")));
  EXPECT_EQ(kSigner.sign_json("1"), after.sign_json("1"));
  EXPECT_FALSE(before.verify_json(after.sign_json("1")));
}

TEST(ValueSigner, AnyChangedCharacterIsNoticed) {
  std::string text = kSigner.sign_json(R"({"name":"Zed"})");
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    auto read = kSigner.verify_json(changed);
    ASSERT_FALSE(read) << i;
    EXPECT_EQ(read.error().kind, ErrorKind::invalid_input);
    EXPECT_FALSE(kSigner.verify_json(text.substr(0, i))) << i;
  }
  EXPECT_FALSE(ValueSigner({"new secret"}, "other salt").verify_json(text));
}

TEST(ValueSigner, UnpacksToALimit) {
  std::string bomb(ValueSigner::kJsonBytesMax + 1, ' ');
  EXPECT_FALSE(kSigner.verify_json(kSigner.sign_json(bomb)));
  bomb.pop_back();
  EXPECT_TRUE(kSigner.verify_json(kSigner.sign_json(bomb)));
}

TEST(ValueSigner, SignedWhatIsNoPayloadIsAnError) {
  for (std::string_view payload : {"", ".", "!!", ".AAAA"}) {
    std::string text = std::string(payload) + '.' + kSigner.signature_of(payload);
    EXPECT_FALSE(kSigner.verify(text)) << payload;
  }
}

TEST(ValueSigner, RingKeysAreOfOnePurpose) {
  SeededRandom random(3);
  std::string first = KeyRing::generate(random);
  KeyRing old_ring = *KeyRing::parse(first);
  KeyRing new_ring = *KeyRing::parse(*KeyRing::rotate(first, random));
  std::string text = ValueSigner(old_ring, "letters").sign_json("1");
  EXPECT_TRUE(ValueSigner(new_ring, "letters").verify_json(text));
  EXPECT_FALSE(ValueSigner(new_ring, "links").verify_json(text));
  EXPECT_FALSE(ValueSigner(old_ring, "letters").verify_json(ValueSigner(new_ring, "letters").sign_json("1")));
  EXPECT_NE(old_ring.derived_keys("a"), old_ring.derived_keys("b"));
}

}  // namespace
}  // namespace postroom
