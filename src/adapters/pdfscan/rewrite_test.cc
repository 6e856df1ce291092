// What postroom-pdfscan changes. Varied: what is redacted and where it stands, pages turned and moved, content left
// open, every way to say a colour, fonts only named, everything that does more than print.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "adapters/pdfscan/testing.h"

namespace postroom::pdfscan {
namespace {

using testing::box_at;
using ::testing::HasSubstr;
using testing::kA4;
using testing::kHelvetica;
using testing::made;
using testing::made_pages;
using testing::made_pdf;
using testing::made_stream;
using ::testing::Not;
using testing::OnePage;
using testing::text_at;

constexpr pdf::Box kExtraction{21.6, 36.5, 123, 69.3};
constexpr pdf::Box kWindow{24.6, 39.5, 120, 66.3};
using Colour = std::array<int, 3>;
constexpr Colour kWhite{255, 255, 255};
constexpr Colour kBlack{0, 0, 0};
constexpr int kDpi = 100;

Bytes rewritten(BytesView pdf, const ports::PdfRewrite& changes = {}) {
  auto out = testing::scanner().rewrite(pdf, changes);
  EXPECT_TRUE(out) << out.error().message;
  if (!out) return {};
  testing::TemporaryFile file(*out);
  std::string report = testing::output_of("qpdf --check " + file.path() + " 2>&1");
  EXPECT_THAT(report, HasSubstr("No syntax or stream encoding errors")) << report;
  return *out;
}

ports::PdfRewrite address() {
  ports::PdfRewrite changes;
  changes.redact = {kExtraction};
  changes.whiten = kWindow;
  return changes;
}

testing::Pixels drawn(BytesView pdf, int page = 1) {
  auto png = testing::scanner().page_image(pdf, {.page = page, .dpi = kDpi});
  EXPECT_TRUE(png) << png.error().message;
  return png ? testing::pixels_of(*png) : testing::Pixels{};
}

pdf::Facts facts_of(BytesView pdf) {
  auto facts = testing::scanner().look(pdf, {});
  EXPECT_TRUE(facts) << facts.error().message;
  return facts ? *facts : pdf::Facts{};
}

std::vector<std::string> words_in(BytesView pdf, const pdf::Box& box) {
  pdf::Look look;
  look.words_within = box;
  auto facts = testing::scanner().look(pdf, look);
  std::vector<std::string> out;
  if (facts && !facts->pages.empty())
    for (const auto& word : facts->pages[0].words) out.push_back(word.text);
  return out;
}

TEST(Rewrite, SA6_text_and_pixels_in_the_box_are_gone) {
  std::string picture =
      made_stream("/Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray",
                  std::string(4, '\x40'));
  std::string form =
      made_stream(std::string("/Type/XObject/Subtype/Form/BBox[0 0 600 850]/Resources<<") + kHelvetica + ">>",
                  text_at(30, 55, "Informed"));
  // The picture reaches from 20 to 140 mm.
  Bytes pdf = made({.content = "q 340.157 0 0 85.039 56.693 643.465 cm /Im Do Q " + text_at(30, 45, "Ada") +
                               text_at(30, 100, "Dear") + text_at(126, 50, "Office") + " /Fm Do",
                    .resources = std::string(kHelvetica) + "/XObject<</Im 5 0 R/Fm 6 0 R>>",
                    .more = {picture, form}});
  EXPECT_THAT(testing::text_of(pdf), HasSubstr("Ada"));
  ports::PdfRewrite changes;
  changes.redact = {kExtraction};
  Bytes out = rewritten(pdf, changes);
  EXPECT_THAT(testing::text_of(out), Not(HasSubstr("Ada")));
  EXPECT_THAT(testing::text_of(out), Not(HasSubstr("Informed")));
  EXPECT_THAT(testing::text_of(out), HasSubstr("Dear"));
  EXPECT_THAT(testing::text_of(out), HasSubstr("Office"));
  EXPECT_THAT(testing::unpacked(out), Not(HasSubstr("Informed")));
  auto pixels = drawn(out);
  EXPECT_EQ(pixels.at(60, 50, kDpi), kWhite);
  // The painted window covers what the picture shows around it; nothing else of it changes.
  EXPECT_EQ(drawn(pdf).at(60, 50, kDpi), (Colour{64, 64, 64}));
}

TEST(Rewrite, SA6_the_window_is_white_and_only_it) {
  Bytes pdf = made({.content = "0.5 g 0 0 600 850 re f"});
  auto changes = address();
  changes.redact.clear();
  auto pixels = drawn(rewritten(pdf, changes));
  EXPECT_EQ(pixels.at(70, 50, kDpi), kWhite);
  EXPECT_EQ(pixels.at(25.2, 40.2, kDpi), kWhite);
  EXPECT_EQ(pixels.at(119.4, 65.7, kDpi), kWhite);
  for (auto [left, top] : {std::pair{24.0, 50.0}, {121.0, 50.0}, {70.0, 39.0}, {70.0, 67.0}})
    EXPECT_NE(pixels.at(left, top, kDpi), kWhite) << left << " " << top;
}

TEST(Rewrite, SA6_only_the_first_page_is_redacted) {
  Bytes out = rewritten(made_pages({text_at(30, 45, "Ada"), text_at(30, 45, "Grace")}), address());
  EXPECT_THAT(testing::text_of(out), Not(HasSubstr("Ada")));
  EXPECT_THAT(testing::text_of(out), HasSubstr("Grace"));
  // One page object that stands for both pages.
  std::vector<std::string> objects{
      "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>",
      std::string("<</Type/Page/Parent 2 0 R") + kA4 + "/Contents 4 0 R/Resources<<" + kHelvetica + ">>>>",
      made_stream("", text_at(30, 45, "Twice"))};
  out = rewritten(made_pdf(objects), address());
  EXPECT_EQ(facts_of(out).page_count, 2);
  EXPECT_TRUE(drawn(out, 1).rows == drawn(rewritten(made_pages({""}))).rows);
  EXPECT_THAT(testing::text_of(out), HasSubstr("Twice"));
}

TEST(Rewrite, SA6_annotations_that_touch_the_box_are_gone) {
  std::string shown =
      made_stream(std::string("/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<<") + kHelvetica + ">>",
                  "BT /F1 10 Tf 2 5 Td (Noted) Tj ET");
  auto with = [&](double left, double top) {
    double x = left * 72 / 25.4;
    double y = 841.89 - top * 72 / 25.4;
    return made({.content = "",
                 .page = fmt::format("/Annots[<</Subtype/FreeText/F 4/Rect[{} {} {} {}]/AP<</N 5 0 R>>>>]", x, y,
                                     x + 100, y + 20),
                 .more = {shown}});
  };
  EXPECT_THAT(testing::text_of(rewritten(with(30, 50), address())), Not(HasSubstr("Noted")));
  Bytes kept = rewritten(with(30, 150), address());
  EXPECT_THAT(testing::text_of(kept), HasSubstr("Noted"));
  EXPECT_THAT(testing::unpacked(kept), Not(HasSubstr("/Annots")));
}

Bytes stamp_of(const std::string& content) {
  return made({.content = content, .box = "/MediaBox[0 0 595.276 841.89]"});
}

TEST(Rewrite, SA8_stamp_lies_on_the_page_as_displayed) {
  auto changes = address();
  changes.stamp = stamp_of("0 0 0 1 k " + box_at(30, 50, 40, 55) + text_at(60, 60, "Stamped"));
  struct Row {
    const char* name;
    std::string box;
  };
  for (const Row& row : {Row{"plain", kA4},
                         {"moved", "/MediaBox[-300 200 295.276 1041.89]"},
                         {"turned", "/MediaBox[0 0 841.89 595.276]/Rotate 90"},
                         {"turned back", "/MediaBox[10 20 851.89 615.276]/Rotate -90"},
                         {"upside down", std::string(kA4) + "/Rotate 180"},
                         {"large unit", "/MediaBox[0 0 297.638 420.945]/UserUnit 2"},
                         {"cropped", std::string(kA4) + "/CropBox[100 100 500 500]"}}) {
    Bytes out = rewritten(made({.content = "", .box = row.box}), changes);
    auto pixels = drawn(out);
    EXPECT_EQ(pixels.width, 827) << row.name;
    EXPECT_NE(pixels.at(35, 52, kDpi), kWhite) << row.name;
    EXPECT_EQ(pixels.at(35, 57, kDpi), kWhite) << row.name;
    EXPECT_EQ(pixels.at(42, 52, kDpi), kWhite) << row.name;
    EXPECT_THAT(words_in(out, {55, 55, 80, 62}), ::testing::ElementsAre("Stamped")) << row.name;
    auto before = facts_of(made({.content = "", .box = row.box}));
    auto after = facts_of(out);
    EXPECT_EQ(after.pages.at(0).rotation, before.pages.at(0).rotation) << row.name;
    EXPECT_NEAR(after.pages[0].width, before.pages[0].width, 0.001) << row.name;
  }
}

TEST(Rewrite, SA9_content_left_open_does_not_reach_the_stamp) {
  ports::PdfRewrite changes;
  changes.stamp = stamp_of(box_at(30, 50, 40, 55));
  for (const char* content : {"q q q 0.1 0 0 0.1 0 0 cm", "Q Q Q", "0.1 0 0 0.1 500 500 cm", "q 0 0 5 5 re W n",
                              "BT /F1 10 Tf 5 0 0 5 9 9 Tm (x) Tj", "q (unfinished", "q [1 2", "/A BMC", "EMC EMC",
                              "q 1 0 0 1 0 0 cm BI /W 1", "Q q Q Q 3 Tr /G gs", ""}) {
    Bytes out = rewritten(made({.content = content}), changes);
    auto pixels = drawn(out);
    EXPECT_NE(pixels.at(35, 52, kDpi), kWhite) << content;
    EXPECT_EQ(pixels.at(35, 57, kDpi), kWhite) << content;
    EXPECT_EQ(pixels.at(42, 52, kDpi), kWhite) << content;
  }
  // Content in pieces, which only together are whole.
  Bytes pieces = made_pdf({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                           std::string("<</Type/Page/Parent 2 0 R") + kA4 + "/Contents[4 0 R 5 0 R 9 0 R]>>",
                           made_stream("", "q 0.5 0 0 0.5 0 0 cm 0 0"), made_stream("", "100 100 re f")});
  auto pixels = drawn(rewritten(pieces, changes));
  EXPECT_NE(pixels.at(10, 290, kDpi), kWhite);
  EXPECT_EQ(pixels.at(25, 290, kDpi), kWhite);
}

// The content of the page that shows X, after rewriting.
std::string content_after(const std::string& content, const std::string& resources = "",
                          std::vector<std::string> more = {}) {
  return testing::unpacked(rewritten(made({.content = content, .resources = resources, .more = std::move(more)})));
}

TEST(Rewrite, CM2_operators_become_CMYK) {
  struct Row {
    std::string before, after;
  };
  for (const Row& row :
       {Row{"0 0 0 rg 1 1 1 1 re f", "0 0 0 1 k"},
        {"1 1 1 rg 1 1 1 1 re f", "0 0 0 0 k"},
        {"1 0 0 rg 1 1 1 1 re f", "0 1 1 0 k"},
        {"0 0.5 0 RG 1 1 1 1 re S", ".5 0 .5 .5 K"},
        {"0.5 0.5 0.5 rg 1 1 1 1 re f", "0 0 0 .5 k"},
        {"0.01 0.01 0.02 rg 1 1 1 1 re f", "0 0 0 .98"},
        {"/DeviceRGB cs 0 0 1 sc 1 1 1 1 re f", "1 1 0 0 sc"},
        {"/DeviceRGB CS 0 0 1 SC 1 1 1 1 re S", "1 1 0 0 SC"},
        {"0.3 g 1 1 1 1 re f", ".3 g"},
        {"0.1 0.2 0.3 0.4 k 1 1 1 1 re f", ".1 .2 .3 .4 k"},
        {"/C cs 0 1 0 sc 1 1 1 1 re f", "1 0 1 0 sc"},
        {"/I cs 1 sc 1 1 1 1 re f", "0 1 1 0 sc"},
        {"/Sep cs 0.7 scn 1 1 1 1 re f", ".7 sc"},
        {"q /C cs 0 1 0 sc Q /C cs q 0 0 1 sc 1 1 1 1 re f Q 1 0 0 sc 1 1 1 1 re f", "0 1 1 0 sc"}}) {
    std::string after = content_after(
        row.before,
        "/ColorSpace<</C[/CalRGB<</WhitePoint[0.95 1 1.09]>>]/I[/Indexed/DeviceRGB 1<000000FF0000>]"
        "/Sep[/Separation/Gold/DeviceCMYK<</FunctionType 2/N 1/Domain[0 1]/C0[0 0 0 0]/C1[0 0 1 0]>>]>>");
    EXPECT_THAT(after, HasSubstr(row.after)) << row.before;
    EXPECT_THAT(after, Not(HasSubstr("DeviceRGB"))) << row.before;
    EXPECT_THAT(after, Not(HasSubstr("CalRGB"))) << row.before;
  }
}

TEST(Rewrite, CM2_no_RGB_is_left_anywhere) {
  std::string rgb_form =
      made_stream("/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Group<</S/Transparency/CS/DeviceRGB>>",
                  "1 0 0 rg 0 0 9 9 re f /X2 Do");
  std::string tile =
      made_stream("/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 5 5]/XStep 5/YStep 5/Resources<<>>",
                  "0 1 0 rg 0 0 3 3 re f");
  std::string drawn_font =
      "<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[0.1 0 0 0.1 0 0]/FirstChar 65/LastChar 65/Widths[10]"
      "/Encoding<</Differences[65/a]>>/CharProcs<</a 8 0 R>>/Resources<<>>>>";
  std::string fade = "<</FunctionType 2/N 1/Domain[0 1]/C0[0 0 0]/C1[1 0 0]>>";
  Bytes pdf = made(
      {.content = "/X1 Do /Pattern cs /P scn 9 9 9 9 re f /P2 scn 9 9 9 9 re f BT /T3 9 Tf (A) Tj ET /S sh /S2 sh "
                  "q 9 0 0 9 99 99 cm BI /W 1 /H 1 /BPC 8 /CS /RGB ID abc EI Q /U cs 1 0 0 /P3 scn 50 50 9 9 re f",
       .resources =
           "/XObject<</X1 5 0 R/X2 9 0 R>>/Pattern<</P 6 0 R/P2<</PatternType 2/Shading 10 0 R>>/P3 11 0 R>>"
           "/Font<</T3 7 0 R>>/Shading<</S 10 0 R/S2<</ShadingType 3/ColorSpace/DeviceRGB/Coords[0 0 0 9 9 9]"
           "/Background[1 0 0]/Function" +
           fade +
           ">>>>/ColorSpace<</U[/Pattern/DeviceRGB]/DefaultRGB[/CalRGB<<"
           "/WhitePoint[0.95 1 1.09]>>]>>",
       .page = "/Group<</S/Transparency/CS/DeviceRGB>>",
       .more = {rgb_form, tile, drawn_font, made_stream("", "10 0 d0 1 0 0 rg 0 0 9 9 re f"), rgb_form,
                "<</ShadingType 2/ColorSpace[/CalRGB<</WhitePoint[0.95 1 1.09]>>]/Coords[0 0 9 0]/Function[" +
                    std::string() +
                    "<</FunctionType 2/N 1/Domain[0 1]/C0[0]/C1[1]>><</FunctionType 2/N 1/Domain[0 1]/C0[0]/C1[1]>>"
                    "<</FunctionType 2/N 1/Domain[0 1]/C0[0]/C1[0]>>]>>",
                made_stream("/PatternType 1/PaintType 2/TilingType 1/BBox[0 0 5 5]/XStep 5/YStep 5/Resources<<>>",
                            "0 0 3 3 re f")}});
  EXPECT_TRUE(facts_of(pdf).has_rgb);
  Bytes out = rewritten(pdf);
  EXPECT_FALSE(facts_of(out).has_rgb);
  std::string text = testing::unpacked(out);
  EXPECT_THAT(text, Not(HasSubstr("RGB")));
  EXPECT_THAT(text, HasSubstr("DeviceCMYK"));
  // And only when asked for.
  ports::PdfRewrite as_is;
  as_is.to_cmyk = false;
  EXPECT_TRUE(facts_of(rewritten(pdf, as_is)).has_rgb);
}

std::string picture(const std::string& space, const std::string& data, int width = 2,
                    const std::string& more = "") {
  return made_stream(fmt::format("/Type/XObject/Subtype/Image/Width {}/Height 1/BitsPerComponent 8/ColorSpace{}{}",
                                 width, space, more),
                     data);
}

TEST(Rewrite, CM5_pictures_become_CMYK_or_grey) {
  // Red and blue, 20 to 60 mm.
  auto page = [](const std::string& object, std::vector<std::string> more = {}) {
    OnePage one{.content = "113.386 0 0 56.693 56.693 643.465 cm /X Do",
                .resources = "/XObject<</X 5 0 R>>",
                .more = {object}};
    one.more.insert(one.more.end(), more.begin(), more.end());
    return made(one);
  };
  const std::string red_blue("\xFF\x00\x00\x00\x00\xFF", 6);
  for (const Bytes& pdf :
       {page(picture("/DeviceRGB", red_blue)),
        page(picture("[/ICCBased 6 0 R]", red_blue), {made_stream("/N 3", "")}),
        page(picture("[/Indexed/DeviceRGB 1<FF00000000FF>]", std::string("\0\1", 2))),
        page(picture("/DeviceRGB", testing::deflated(red_blue), 2, "/Filter/FlateDecode")),
        page(picture("/DeviceRGB", std::string("\x00\xFF\xFF\xFF\xFF\x00", 6), 2, "/Decode[1 0 1 0 1 0]"))}) {
    Bytes out = rewritten(pdf);
    EXPECT_FALSE(facts_of(out).has_rgb);
    auto pixels = drawn(out);
    auto left = pixels.at(30, 55, kDpi);
    auto right = pixels.at(50, 55, kDpi);
    EXPECT_GT(left[0], left[2] + 100);
    EXPECT_GT(right[2], right[0] + 30);
  }
  Bytes grey = rewritten(page(picture("/DeviceRGB", std::string("\x00\x00\x00\x80\x80\x80", 6))));
  EXPECT_THAT(testing::unpacked(grey), HasSubstr("/ColorSpace /DeviceGray"));
  EXPECT_EQ(drawn(grey).at(30, 55, kDpi), kBlack);
  // A colour that is keyed out stays transparent; a mask stays a mask.
  Bytes keyed = rewritten(page(picture("/DeviceRGB", red_blue, 2, "/Mask[255 255 0 0 0 0]")));
  EXPECT_EQ(drawn(keyed).at(30, 55, kDpi), kWhite);
  EXPECT_NE(drawn(keyed).at(50, 55, kDpi), kWhite);
  Bytes masked = rewritten(page(picture("/DeviceRGB", red_blue, 2, "/SMask 6 0 R"),
                                {picture("/DeviceGray", std::string("\xFF\x00", 2))}));
  EXPECT_NE(drawn(masked).at(30, 55, kDpi), kWhite);
  EXPECT_EQ(drawn(masked).at(50, 55, kDpi), kWhite);
  // What is not RGB is not touched.
  EXPECT_THAT(testing::unpacked(rewritten(page(picture("/DeviceCMYK", "abcdefgh")))), HasSubstr("abcdefgh"));
}

TEST(Rewrite, CM2_gradients_keep_their_look) {
  // From red to blue, 0 to 210 mm; as triangles, too.
  std::string fade = "<</FunctionType 2/N 1/Domain[0 1]/C0[1 0 0]/C1[0 0 1]>>";
  Bytes axial =
      made({.content = "/S sh",
            .resources =
                "/Shading<</S<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 595 0]/Extend[true true]/Function" +
                fade + ">>>>"});
  std::string corners;
  for (const std::string& corner : {std::string("\0\x00\x00\xFF\0\0", 6), std::string("\0\xFF\x00\xFF\0\0", 6),
                                    std::string("\0\x00\xFF\0\0\xFF", 6)})
    corners += corner;
  Bytes mesh =
      made({.content = "/S sh",
            .resources = "/Shading<</S 5 0 R>>",
            .more = {made_stream("/ShadingType 4/ColorSpace/DeviceRGB/BitsPerCoordinate 8/BitsPerComponent 8"
                                 "/BitsPerFlag 8/Decode[0 595 0 842 0 1 0 1 0 1]",
                                 corners)}});
  for (const auto& [pdf, left, top] : {std::tuple{axial, 10.0, 100.0}, {mesh, 60.0, 280.0}}) {
    Bytes out = rewritten(pdf);
    EXPECT_FALSE(facts_of(out).has_rgb);
    auto red = drawn(out).at(left, top, kDpi);
    EXPECT_GT(red[0], red[2] + 60) << left;
  }
  auto blue = drawn(rewritten(axial)).at(200, 100, kDpi);
  EXPECT_GT(blue[2], blue[0] + 30);
}

TEST(Rewrite, CM6_named_fonts_get_their_glyphs) {
  std::string fonts =
      "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
      "/F2<</Type/Font/Subtype/TrueType/BaseFont/Arial,Bold/Encoding/WinAnsiEncoding>>"
      "/F3<</Type/Font/Subtype/Type1/BaseFont/Times-Italic/Encoding<</Differences[65/eacute]>>>>"
      "/F4<</Type/Font/Subtype/Type1/BaseFont/Symbol>>/F5<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>"
      "/F6<</Type/Font/Subtype/TrueType/BaseFont/Unheard-Of/FirstChar 65/LastChar 66/Widths[900 300]/FontDescriptor"
      "<</Type/FontDescriptor/FontName/Unheard-Of/Flags 34/ItalicAngle 0/Ascent 800/Descent -200/StemV 80"
      "/FontBBox[0 0 1000 1000]>>>>>>";
  std::string content;
  for (int i = 1; i <= 6; ++i) content += fmt::format("BT /F{} 20 Tf 60 {} Td (ABba) Tj ET ", i, 700 - 60 * i);
  Bytes pdf = made({.content = content, .resources = fonts});
  EXPECT_EQ(facts_of(pdf).fonts_not_embedded.size(), 6U);
  Bytes out = rewritten(pdf);
  EXPECT_TRUE(facts_of(out).fonts_not_embedded.empty());
  testing::TemporaryFile file(out);
  std::string listed = testing::output_of("pdffonts " + file.path() + " 2>/dev/null");
  EXPECT_THAT(listed, Not(HasSubstr(" no  no  no")));
  std::string text = testing::text_of(out);
  EXPECT_THAT(text, HasSubstr("ABba"));
  EXPECT_THAT(text, HasSubstr("\xC3\xA9"
                              "Bba"));
  ports::PdfRewrite as_is;
  as_is.embed_fonts = false;
  EXPECT_EQ(facts_of(rewritten(pdf, as_is)).fonts_not_embedded.size(), 6U);
}

TEST(Rewrite, CM6_named_composite_fonts_get_their_glyphs) {
  auto descriptor = [](const std::string& name) {
    return "<</Type/FontDescriptor/FontName/" + name +
           "/Flags 6/FontBBox[0 -200 1000 800]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>";
  };
  Bytes pdf =
      made({.content = "BT /J 20 Tf 60 700 Td <30423044> Tj ET BT /A 20 Tf 60 600 Td <00240025> Tj ET",
            .resources = "/Font<</J 5 0 R/A 8 0 R>>",
            .more = {"<</Type/Font/Subtype/Type0/BaseFont/Mincho/Encoding/UniJIS-UTF16-H/DescendantFonts[6 0 R]>>",
                     "<</Type/Font/Subtype/CIDFontType0/BaseFont/Mincho/FontDescriptor 7 0 R"
                     "/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 4>>>>",
                     descriptor("Mincho"),
                     "<</Type/Font/Subtype/Type0/BaseFont/Arial/Encoding/Identity-H/DescendantFonts[9 0 R]>>",
                     "<</Type/Font/Subtype/CIDFontType2/BaseFont/Arial/FontDescriptor 10 0 R"
                     "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
                     descriptor("Arial")}});
  EXPECT_EQ(facts_of(pdf).fonts_not_embedded.size(), 2U);
  Bytes out = rewritten(pdf);
  EXPECT_TRUE(facts_of(out).fonts_not_embedded.empty());
  EXPECT_LT(out.size(), 1'000'000U);
  // The same shapes. Where a font is only named, MuPDF stretches its glyphs to the widths that the PDF asks for.
  auto dark = [](const testing::Pixels& pixels) {
    // Each row begins with a zero.
    return std::count_if(pixels.rows.begin(), pixels.rows.end(), [](char sample) { return (sample & 0x80) == 0; }) -
           pixels.height;
  };
  auto before = dark(drawn(pdf));
  EXPECT_GT(before, 200);
  EXPECT_NEAR(static_cast<double>(dark(drawn(out))), static_cast<double>(before),
              0.25 * static_cast<double>(before));
}

TEST(Rewrite, EverythingButPrintingIsGone) {
  Bytes pdf = made(
      {.content = text_at(30, 100, "Dear Ada"),
       .page =
           "/AA<</O<</S/JavaScript/JS(evil)>>>>/Annots[<</Subtype/Link/Rect[0 0 99 99]/A<</S/URI/URI(http://x)>>>>]"
           "/Metadata 5 0 R/PieceInfo<<>>/Thumb 5 0 R/Trans<<>>",
       .catalog =
           "/OpenAction<</S/JavaScript/JS(evil)>>/Names<</JavaScript<<>>/EmbeddedFiles<</Names[(f) 6 0 R]>>>>"
           "/AcroForm<</XFA 5 0 R/Fields[]>>/Metadata 5 0 R/AA<<>>/Outlines<<>>/Lang(cy)",
       .more = {made_stream("", "secret metadata"), "<</Type/Filespec/EF<</F 5 0 R>>>>"}});
  std::string text = testing::unpacked(rewritten(pdf));
  for (const char* gone : {"JavaScript", "evil", "OpenAction", "/AA", "EmbeddedFiles", "XFA", "secret", "Metadata",
                           "/URI", "PieceInfo", "Thumb", "/Info", "AcroForm", "Outlines", "Encrypt"})
    EXPECT_THAT(text, Not(HasSubstr(gone))) << gone;
  EXPECT_THAT(text, HasSubstr("/Lang (cy)"));
  EXPECT_THAT(text, HasSubstr("%PDF-1.7"));
}

TEST(Rewrite, FieldsAndLayersStayAsPrinted) {
  std::string filled =
      made_stream(std::string("/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<<") + kHelvetica + ">>",
                  "BT /F1 10 Tf 2 5 Td (Filled) Tj ET");
  Bytes pdf = made({.content = "/OC /L BDC 300 300 99 99 re f EMC",
                    .resources = "/Properties<</L 6 0 R>>",
                    .page = "/Annots[<</Subtype/Widget/FT/Tx/T(a)/F 4/Rect[200 200 300 220]/AP<</N 5 0 R>>>>]",
                    .catalog = "/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>/AcroForm<</Fields[]>>",
                    .more = {filled, "<</Type/OCG/Name(x)>>"}});
  Bytes out = rewritten(pdf);
  EXPECT_THAT(testing::text_of(out), HasSubstr("Filled"));
  EXPECT_TRUE(drawn(out).rows == drawn(pdf).rows);
  EXPECT_EQ(drawn(out).at(115, 175, kDpi), kWhite) << "the hidden layer";
}

TEST(Rewrite, AnnotationsWithoutALookGetOne) {
  Bytes pdf = made({.content = text_at(30, 45, "Ada"),
                    .page = "/Annots[<</Type/Annot/Subtype/FreeText/F 4/Rect[50 50 200 90]/Contents(Remark)"
                            "/DA(/Helv 12 Tf)>><</Type/Annot/Subtype/Square/F 4/Rect[300 50 400 90]/C[1 0 0]>>]"});
  for (const auto& changes : {ports::PdfRewrite{}, address()}) {
    Bytes out = rewritten(pdf, changes);
    EXPECT_THAT(testing::text_of(out), HasSubstr("Remark"));
    EXPECT_EQ(drawn(out).at(60, 270, kDpi), kWhite) << "inside the box around the remark";
    EXPECT_TRUE(facts_of(out).fonts_not_embedded.empty());
  }
}

TEST(Rewrite, SameInSameOut) {
  Bytes pdf = made_pages({text_at(30, 45, "Ada") + "1 0 0 rg 0 0 9 9 re f", "2"});
  auto changes = address();
  changes.stamp = stamp_of(text_at(30, 50, "New"));
  EXPECT_EQ(rewritten(pdf, changes), rewritten(pdf, changes));
  // And nothing more is found to change.
  Bytes once = rewritten(pdf);
  EXPECT_TRUE(drawn(rewritten(once)).rows == drawn(once).rows);
}

TEST(Rewrite, EncryptedFilesComeOutPlain) {
  testing::TemporaryFile plain(made_pages({text_at(30, 100, "Dear Ada")}));
  testing::TemporaryFile out;
  testing::output_of("qpdf --encrypt '' owner 256 -- " + plain.path() + " " + out.path());
  EXPECT_THAT(testing::text_of(rewritten(out.read())), HasSubstr("Dear Ada"));
  EXPECT_THAT(testing::unpacked(rewritten(out.read())), Not(HasSubstr("Encrypt")));
}

TEST(PageImage, HasTheSizeOfThePage) {
  auto size = [](const OnePage& one, int dpi) {
    auto png = testing::scanner().page_image(made(one), {.page = 1, .dpi = dpi});
    EXPECT_TRUE(png) << png.error().message;
    auto pixels = testing::pixels_of(*png);
    return std::pair(pixels.width, pixels.height);
  };
  EXPECT_EQ(size({.content = ""}, 150), std::pair(1240, 1754));
  EXPECT_EQ(size({.content = ""}, 36), std::pair(298, 421));
  EXPECT_EQ(size({.content = "", .box = "/MediaBox[0 0 841.89 595.276]"}, 72), std::pair(842, 595));
  EXPECT_EQ(size({.content = "", .box = "/MediaBox[0 0 841.89 595.276]/Rotate 90"}, 72), std::pair(595, 842));
  EXPECT_LE(size({.content = "", .box = "/MediaBox[0 0 14400 100]/UserUnit 75"}, 300).first, 6000);
  auto none = testing::scanner().page_image(made_pages({"", ""}), {.page = 3});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::invalid_input);
  EXPECT_FALSE(testing::scanner().page_image(made_pages({""}), {.page = 0}));
}

TEST(PageImage, OV2_whitens_and_tints) {
  auto png = testing::scanner().page_image(made({.content = "0 g 0 0 600 421 re f"}),
                                           {.dpi = kDpi, .whiten = {{0, 0, 40, 290}}, .tint = {{0, 0, 15, 297}}});
  ASSERT_TRUE(png);
  auto pixels = testing::pixels_of(*png);
  EXPECT_EQ(pixels.at(5, 50, kDpi), (Colour{255, 204, 204}));
  EXPECT_EQ(pixels.at(5, 200, kDpi), (Colour{255, 204, 204}));
  EXPECT_EQ(pixels.at(5, 295, kDpi), (Colour{51, 0, 0}));
  EXPECT_EQ(pixels.at(30, 200, kDpi), kWhite);
  EXPECT_EQ(pixels.at(60, 200, kDpi), kBlack);
}

TEST(Tint, OV2_marks_zones_on_all_pages) {
  ports::PdfZoneTint zones{{{0, 0, 15, 297}, {100, 100, 120, 120}}, {{195, 0, 210, 297}}};
  for (const std::string& box : {std::string(kA4), std::string("/MediaBox[-50 70 545.276 911.89]")}) {
    Bytes pdf = made_pdf({"<</Type/Catalog/Pages 2 0 R" + box.substr(0, 0) + ">>",
                          "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2" + box + ">>",
                          "<</Type/Page/Parent 2 0 R/Contents 5 0 R>>",
                          "<</Type/Page/Parent 2 0 R/Contents 5 0 R>>", made_stream("", "q q 0.1 0 0 0.1 0 0 cm")});
    auto out = testing::scanner().tint(pdf, zones);
    ASSERT_TRUE(out) << out.error().message;
    EXPECT_EQ(facts_of(*out).page_count, 2);
    auto first = drawn(*out, 1);
    EXPECT_EQ(first.at(5, 200, kDpi), (Colour{255, 204, 204}));
    EXPECT_EQ(first.at(110, 110, kDpi), (Colour{255, 204, 204}));
    EXPECT_EQ(first.at(60, 200, kDpi), kWhite);
    EXPECT_EQ(first.at(200, 200, kDpi), kWhite);
    auto second = drawn(*out, 2);
    EXPECT_EQ(second.at(200, 200, kDpi), (Colour{255, 204, 204}));
    EXPECT_EQ(second.at(5, 200, kDpi), kWhite);
  }
}

}  // namespace
}  // namespace postroom::pdfscan
