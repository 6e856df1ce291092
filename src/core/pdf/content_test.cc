// Method: each operator once, compared with what ISO 32000-1 prescribes; black must be K only.
#include "core/pdf/content.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

using namespace std::string_literals;

namespace postroom::pdf {
namespace {

TEST(ContentStream, CM2_BlackIsKOnlyAndWhiteIsNoInk) {
  ContentStream content;
  content.set_ink(Ink::black);
  content.set_ink(Ink::black);
  content.set_ink(Ink::white);
  EXPECT_EQ(content.bytes(), "0 0 0 1 k\n0 0 0 0 k\n");
}

TEST(ContentStream, ShowsGlyphsAsTwoByteCodesInOneString) {
  ContentStream content;
  content.begin_line(10, 20.5);
  content.set_type(0, 12.5, 0.125);
  std::array glyphs{Glyph{.id = 0x0141}, Glyph{.id = 0x0042}};
  content.show(glyphs);
  content.show(glyphs);
  content.end_line();
  EXPECT_EQ(content.bytes(),
            "BT\n1 0 0 1 10 20.5 Tm\n/F0 12.5 Tf\n0.125 Tc\n[(\x01\x41\0\x42\x01\x41\0\x42)]TJ\nET\n"s);
}

TEST(ContentStream, EscapesTheBytesThatEndAString) {
  ContentStream content;
  content.begin_line(0, 0);
  content.set_type(0, 1, 0);
  std::array glyphs{Glyph{.id = 0x2829}, Glyph{.id = 0x5C0D}, Glyph{.id = 0x0A0A}};
  content.show(glyphs);
  content.end_line();
  EXPECT_NE(content.bytes().find("[(\\(\\)\\\\\\r\n\n)]TJ"), Bytes::npos);
}

TEST(ContentStream, KerningMovesWhatFollows) {
  ContentStream content;
  content.begin_line(0, 0);
  content.set_type(1, 10, 0);
  // The second glyph stands 5 to the right of its place and gives the 5 back afterwards.
  std::array glyphs{Glyph{.id = 0x4141, .after = -74}, Glyph{.id = 0x4242, .before = 5},
                    Glyph{.id = 0x4343, .after = 9}};
  content.show(glyphs);
  content.end_line();
  EXPECT_NE(content.bytes().find("[(AA)69(BB)5(CC)]TJ"), Bytes::npos) << content.bytes();
}

TEST(ContentStream, MovementSurvivesAChangeOfFont) {
  ContentStream content;
  content.begin_line(0, 0);
  content.set_type(0, 10, 0);
  std::array glyphs{Glyph{.id = 0x4141, .after = 40}};
  content.show(glyphs);
  content.set_type(1, 10, 0);
  content.show(glyphs);
  content.end_line();
  EXPECT_NE(content.bytes().find("[(AA)-40]TJ\n/F1 10 Tf\n[(AA)]TJ"), Bytes::npos) << content.bytes();
}

TEST(ContentStream, MarksRiseAndTheNextLineIsBackOnItsBaseLine) {
  ContentStream content;
  content.begin_line(0, 0);
  content.set_type(0, 10, 0);
  std::array glyphs{Glyph{.id = 0x4141}, Glyph{.id = 0x4242, .rise = 250}};
  content.show(glyphs);
  content.end_line();
  EXPECT_NE(content.bytes().find("[(AA)]TJ\n2.5 Ts\n[(BB)]TJ\n0 Ts\n"), Bytes::npos) << content.bytes();
}

TEST(ContentStream, RectanglesStandOutsideText) {
  ContentStream content;
  content.begin_line(0, 0);
  content.end_line();
  content.add_rectangle(1, 2, 3, 4);
  content.fill();
  EXPECT_TRUE(content.bytes().ends_with("ET\n1 2 3 4 re\nf\n")) << content.bytes();
}

TEST(ContentStream, MarksPicturesAndOutlines) {
  ContentStream content;
  content.begin_figure_mark("Figure", 0);
  content.draw("Logo", 10, 20, 0.25, 0.5);
  content.end_mark();
  content.begin_text_mark("P", 1);
  content.set_type(0, 10, 0);
  content.set_outline(0.35);
  content.begin_line(1, 2);
  Glyph glyph{.id = 0x4142};
  content.begin_actual_text("(x)");
  content.show({&glyph, 1});
  content.end_mark();
  content.end_line();
  content.set_outline(0);
  content.end_mark();
  content.begin_artifact();
  content.end_mark();
  EXPECT_EQ(
      content.bytes(),
      "/Figure<</MCID 0>>BDC\nq 0.25000000 0 0 0.50000000 10 20 cm /Logo Do Q\nEMC\nBT\n/P<</MCID 1>>BDC\n"
      "/F0 10 Tf\n0.35 w 0 0 0 1 K 2 Tr\n1 0 0 1 1 2 Tm\n/Span<</ActualText(x)>>BDC\n[(AB)]TJ\nEMC\n0 Tr\nEMC\n"
      "/Artifact BMC\nEMC\nET\n");
}

}  // namespace
}  // namespace postroom::pdf
