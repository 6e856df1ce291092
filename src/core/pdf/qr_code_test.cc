// Method: for the largest payload of each version, the modules are compared (by fingerprint) with those another
// encoder makes of the same payload (libqrencode 4.1.1); boundary sizes on both sides of a version; errors.
#include "core/pdf/qr_code.h"

#include <gtest/gtest.h>

#include <string>

namespace postroom::pdf {
namespace {

std::string repeated(std::string_view pattern, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += pattern;
  return text.substr(0, bytes);
}

std::uint64_t fingerprint(const QrCode& code) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (int y = 0; y < code.size(); ++y)
    for (int x = 0; x < code.size(); ++x) hash = (hash ^ (code.dark(x, y) ? 1U : 0U)) * 1099511628211ULL;
  return hash;
}

TEST(QrCode, TP13_SameModulesAsAnotherEncoderInEveryVersion) {
  struct Case {
    std::size_t bytes;
    const char* pattern;
    int size;
    std::uint64_t modules;
  };
  const Case cases[] = {{14, "a1-/b14", 21, 0xF141C256475F041DULL},   {26, "a2-/b26", 25, 0xA84973137C0AED01ULL},
                        {42, "a1-/b42", 29, 0x4C022B1C4D9C2488ULL},   {62, "a1-/b62", 33, 0x054AD4415DFADD06ULL},
                        {84, "a2-/b84", 37, 0xC89FDF0A17A1DB4FULL},   {106, "a1-/b106", 41, 0x4EC1B100BC94DB6EULL},
                        {122, "a1-/b122", 45, 0xF6201A0F61FC7A4BULL}, {152, "a1-/b152", 49, 0x6ADB0B417B13B90BULL},
                        {180, "a1-/b180", 53, 0x3DB0D8F0845A18D3ULL}, {213, "a1-/b213", 57, 0x78E5BDEF945523F1ULL},
                        {251, "a1-/b251", 61, 0xDE5AD6BAB136080FULL}, {287, "a1-/b287", 65, 0x7B0997671DF37413ULL},
                        {331, "a1-/b331", 69, 0xC1F539CC9FD7D347ULL}, {362, "a1-/b362", 73, 0x86ED020BC7711467ULL},
                        {412, "a1-/b412", 77, 0x0937531E70A97F23ULL}, {450, "a1-/b450", 81, 0xE4B7CF14C0EAA0ACULL},
                        {504, "a1-/b504", 85, 0x27338BEB9CCC8AE7ULL}};
  for (const Case& c : cases) {
    auto code = QrCode::encode(repeated(c.pattern, c.bytes));
    ASSERT_TRUE(code) << c.bytes;
    EXPECT_EQ(code->size(), c.size) << c.bytes;
    EXPECT_EQ(fingerprint(*code), c.modules) << c.bytes;
  }
}

TEST(QrCode, OneByteMoreTakesTheNextVersion) {
  for (auto [bytes, size] :
       {std::pair{1, 21}, {14, 21}, {15, 25}, {26, 25}, {27, 29}, {180, 53}, {181, 57}, {450, 81}, {451, 85}}) {
    auto code = QrCode::encode(std::string(static_cast<std::size_t>(bytes), 'x'));
    ASSERT_TRUE(code);
    EXPECT_EQ(code->size(), size) << bytes;
  }
}

TEST(QrCode, TP13_RefusesNothingAndTooMuchNamingTheLimit) {
  EXPECT_EQ(QrCode::encode("").error().kind, ErrorKind::invalid_input);
  EXPECT_TRUE(QrCode::encode(std::string(504, 'x')));
  auto refused = QrCode::encode(std::string(505, 'x'));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
  EXPECT_NE(refused.error().message.find("504"), std::string::npos);
  EXPECT_NE(refused.error().message.find("505"), std::string::npos);
}

}  // namespace
}  // namespace postroom::pdf
