// Varied: every character a text may have, and lengths at the limits of parts. What must hold: what goes in comes
// out, parts are as long as they may be and no pair is cut.
#include "core/texting/text_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "core/content/sms.h"

namespace postroom::texting {
namespace {

using testing::ElementsAre;

std::string joined(const std::vector<Bytes>& parts) {
  std::string out;
  for (const Bytes& part : parts) out += part;
  return out;
}
std::vector<std::size_t> sizes(const std::vector<Bytes>& parts) {
  std::vector<std::size_t> out;
  for (const Bytes& part : parts) out.push_back(part.size());
  return out;
}

TEST(TextParts, EveryCharacterOfTheGsmAlphabetComesBack) {
  int basic = 0, extended = 0;
  for (char32_t c = 0; c < 0x3000; ++c) {
    const auto codes = content::gsm_codes(c);
    if (codes.empty()) continue;
    (codes.size() == 1 ? basic : extended)++;
    const std::string text = to_utf8(std::u32string(1, c));
    EXPECT_EQ(from_gsm(to_gsm(text)), text) << static_cast<unsigned>(c);
  }
  EXPECT_EQ(basic, 127);  // 128 and the escape
  EXPECT_EQ(extended, 9);
  EXPECT_EQ(to_gsm("@£$¥ 1a{€}"), Bytes("\x00\x01\x02\x03 1a\x1B\x28\x1B\x65\x1B\x29", 13));
  EXPECT_EQ(to_gsm("ŵ"), "?");
}

TEST(TextParts, GsmBytesFromOutsideAreAlwaysText) {
  EXPECT_EQ(from_gsm("\x1B"), "");
  EXPECT_EQ(from_gsm("\x1B\x1B\x65"), " e") << "an escape after an escape stands for nothing";
  EXPECT_EQ(from_gsm("\x1B\x41"), " ");
  EXPECT_EQ(from_gsm("\x80\xFF"), "\uFFFD\uFFFD");
}

TEST(TextParts, Ucs2ComesBack) {
  for (const char* text : {"", "a", "Ŵyneb ŷ", "€漢", "😀x"}) EXPECT_EQ(from_ucs2(to_ucs2(text)), text);
  EXPECT_EQ(to_ucs2("ŵ"), Bytes("\x01\x75"));
  EXPECT_EQ(from_ucs2(Bytes("\xD8\x3D", 2)), "\uFFFD");
  EXPECT_EQ(from_ucs2(Bytes("\xDE\x00\x00\x61", 4)), "\uFFFDa");
  EXPECT_EQ(from_ucs2(Bytes("\x00", 1)), "");
  EXPECT_EQ(from_latin1("caf\xE9"), "café");
}

TEST(TextParts, PartsAreAsLongAsTheyMayBe) {
  auto gsm = [](std::size_t count) { return sizes(split_gsm(Bytes(count, 'a'))); };
  EXPECT_THAT(gsm(0), ElementsAre(0u));
  EXPECT_THAT(gsm(160), ElementsAre(160u));
  EXPECT_THAT(gsm(161), ElementsAre(153u, 8u));
  EXPECT_THAT(gsm(306), ElementsAre(153u, 153u));
  EXPECT_THAT(gsm(307), ElementsAre(153u, 153u, 1u));
  auto ucs2 = [](std::size_t count) { return sizes(split_ucs2(Bytes(2 * count, 'a'))); };
  EXPECT_THAT(ucs2(70), ElementsAre(140u));
  EXPECT_THAT(ucs2(71), ElementsAre(134u, 8u));
  for (std::size_t count = 0; count < 1'000; count += 7)
    EXPECT_EQ(static_cast<int>(gsm(count).size()), content::sms_fragments(count, 0, false)) << count;
}

TEST(TextParts, NoPairIsCut) {
  const Bytes escape_at_cut = to_gsm(std::string(152, 'a') + "€" + std::string(20, 'b'));
  EXPECT_THAT(sizes(split_gsm(escape_at_cut)), ElementsAre(152u, 22u));
  EXPECT_EQ(joined(split_gsm(escape_at_cut)), escape_at_cut);
  const Bytes pair_at_cut = to_ucs2(std::string(66, 'a') + "😀" + std::string(10, 'b'));
  EXPECT_THAT(sizes(split_ucs2(pair_at_cut)), ElementsAre(132u, 24u));
  EXPECT_EQ(joined(split_ucs2(pair_at_cut)), pair_at_cut);
}

TEST(TextParts, HeadersAreReadBack) {
  const JoinHeader header{.reference = 200, .parts = 3, .part = 2};
  const Bytes with_header = join_header(header) + "rest";
  auto data = read_user_data(with_header);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->join, header);
  EXPECT_EQ(data->rest, "rest");
  data = read_user_data({"\x06\x08\x04\x12\x34\x02\x01x", 8});
  ASSERT_TRUE(data);
  EXPECT_EQ(data->join, (JoinHeader{0x1234, 2, 1}));
  // Ports before it, and elements that run over the header.
  data = read_user_data({"\x0B\x05\x04\x0B\x84\x23\xF0\x00\x03\x07\x02\x02y", 13});
  EXPECT_EQ(data->join, (JoinHeader{7, 2, 2}));
  EXPECT_FALSE(read_user_data("\x09"));
  EXPECT_FALSE(read_user_data(""));
  EXPECT_FALSE(read_user_data(Bytes("\x05\x00\x03\x07\x02\x03", 6))->join) << "the third of two";
}

}  // namespace
}  // namespace postroom::texting
