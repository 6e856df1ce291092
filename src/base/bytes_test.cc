// Varied: lengths of bytes and spellings of their text forms. RFC 4648's own examples must hold and ill-formed text
// must be refused.
#include "base/bytes.h"

#include <gtest/gtest.h>

namespace postroom {
namespace {

TEST(Hex, WritesLowerReadsEither) {
  EXPECT_EQ(to_hex(Bytes("\x00\x7F\xFF", 3)), "007fff");
  EXPECT_EQ(from_hex("007fFf"), Bytes("\x00\x7F\xFF", 3));
  EXPECT_EQ(from_hex(""), "");
  for (const char* bad : {"0", "000", "0g", " 00", "00 ", "0x00", "00:ff"}) EXPECT_FALSE(from_hex(bad)) << bad;
}

TEST(Base64, KeepsTheExamplesOfRfc4648) {
  const std::tuple<const char*, const char*, const char*> cases[] = {{"", "", ""},
                                                                     {"f", "Zg==", "Zg"},
                                                                     {"fo", "Zm8=", "Zm8"},
                                                                     {"foo", "Zm9v", "Zm9v"},
                                                                     {"foob", "Zm9vYg==", "Zm9vYg"},
                                                                     {"fooba", "Zm9vYmE=", "Zm9vYmE"},
                                                                     {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
                                                                     {"\xFB\xFF", "+/8=", "-_8"}};
  for (auto [plain, padded, url] : cases) {
    EXPECT_EQ(to_base64(plain), padded);
    EXPECT_EQ(to_base64url(plain), url);
    EXPECT_EQ(from_base64(padded), plain);
    EXPECT_EQ(from_base64url(url), plain);
  }
  EXPECT_EQ(from_base64url("Zg=="), "f");
}

TEST(Base64, RefusesWhatIsIllFormed) {
  for (const char* bad : {"Zg", "Zg=", "Zg===", "Z", "Zm9v Zm9v", "Zm9v\n", "-_8=", "Zm9v!", "Zh==", "=Zg="}) {
    EXPECT_FALSE(from_base64(bad)) << bad;
  }
  for (const char* bad : {"+/8", "Z", "Zm9v.", "Zh"}) EXPECT_FALSE(from_base64url(bad)) << bad;
}

}  // namespace
}  // namespace postroom
