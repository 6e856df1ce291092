// Method: the arrays and maps of a font as text, with gaps, section limits and characters beyond 16 bits.
#include "core/pdf/font.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/pdf/deflate.h"

namespace postroom::pdf {
namespace {

TEST(WidthsArray, RunsOfGlyphsShareOneArray) {
  std::vector<GlyphWidth> widths{{3, 277.832}, {4, 556.15}, {7, 1000}};
  EXPECT_EQ(widths_array(widths), "3[277.83 556.15]7[1000]");
  EXPECT_EQ(widths_array({}), "");
}

TEST(ToUnicodeMap, WritesUtf16AndAtMostAHundredEntriesASection) {
  std::vector<GlyphText> texts;
  for (std::uint16_t id = 1; id <= 100; ++id) texts.push_back({id, U"a"});
  texts.push_back({0x1FF, U"fi"});
  texts.push_back({0x200, U"\U0001F600"});
  std::string map = to_unicode_map(texts);
  EXPECT_NE(map.find("100 beginbfchar\n<0001><0061>\n"), std::string::npos);
  EXPECT_NE(map.find("2 beginbfchar\n<01FF><00660069>\n<0200><D83DDE00>\nendbfchar\n"), std::string::npos);
}

TEST(SubsetTag, IsSixCapitals) {
  EXPECT_EQ(subset_tag(0), "AAAAAA");
  EXPECT_EQ(subset_tag(27), "BBAAAA");
  EXPECT_EQ(subset_tag(~0ULL).size(), 6u);
}

TEST(WriteFont, EveryReferenceHasItsObject) {
  DocumentWriter document(1000);
  FontProgram font{.name = "ABCDEF+Sans",
                   .metrics = {.ascent = 905, .descent = -212, .cap_height = 729, .box = {-1, -2, 3, 4}},
                   .widths = "1[500]",
                   .file = "FONT",
                   .file_length = 9,
                   .to_unicode = "MAP"};
  EXPECT_EQ(write_font(document, font), 1);
  int catalog = document.reserve();
  document.object(catalog, "<<>>");
  Bytes pdf = std::move(document).finish(catalog, catalog, "");
  for (const char* part :
       {"/BaseFont/ABCDEF+Sans/Encoding/Identity-H/DescendantFonts[2 0 R]/ToUnicode 5 0 R",
        "/CIDToGIDMap/Identity/DW 0/W[1[500]]", "/FontBBox[-1 -2 3 4]", "/Ascent 905/Descent -212/CapHeight 729",
        "/FontFile2 4 0 R", "<</Length 4/Length1 9/Filter/FlateDecode>>\nstream\nFONT\n"}) {
    EXPECT_NE(pdf.find(part), Bytes::npos) << part;
  }
}

TEST(Deflater, SameInputSameOutputWhateverCameBefore) {
  Deflater deflater(3);
  Bytes first = deflater.compress("some text, some text, some text");
  deflater.compress(Bytes(100'000, 'x'));
  EXPECT_EQ(deflater.compress("some text, some text, some text"), first);
  EXPECT_LT(deflater.compress(Bytes(100'000, 'x')).size(), 1000u);
  EXPECT_FALSE(deflater.compress("").empty());
}

}  // namespace
}  // namespace postroom::pdf
