// What postroom-pdfscan finds. Varied: sizes, units, rotations, trees of pages; places of ink and kinds of ink;
// colour spaces and where they stand; fonts and where they stand; damage and encryption.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/pdfscan/testing.h"

namespace postroom::pdfscan {
namespace {

using testing::box_at;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kA4;
using testing::kHelvetica;
using testing::made;
using testing::made_pages;
using testing::made_pdf;
using testing::made_stream;
using testing::OnePage;
using testing::text_at;

// The zones of a letter, grown by a millimetre.
pdf::Look letter() {
  pdf::Look look;
  look.words_within = pdf::Box{21.6, 36.5, 123, 69.3};
  look.tag_within = pdf::Box{0, 0, 15.191, 6.149};
  look.allowed_first = {{14, 94, 196, 293}, {124, 4, 196, 96}, {14, 4, 126, 31}, {23.6, 38.5, 121, 67.3}};
  look.allowed_others = {{14, 4, 196, 293}};
  return look;
}

pdf::Facts look(BytesView pdf, const pdf::Look& look = letter()) {
  auto facts = testing::scanner().look(pdf, look);
  EXPECT_TRUE(facts) << facts.error().message;
  return facts ? *facts : pdf::Facts{};
}

std::string refusal_of(BytesView pdf) {
  auto facts = testing::scanner().look(pdf, letter());
  EXPECT_FALSE(facts);
  if (facts) return "";
  EXPECT_EQ(facts.error().kind, ErrorKind::invalid_input);
  return facts.error().message;
}

TEST(Look, SA3_sizes_and_rotations) {
  struct Row {
    std::string box;
    double width, height;
    int rotation;
    bool a4;
  };
  auto millimetres = [](double width, double height, std::string more = "") {
    return fmt::format("/MediaBox[0 0 {:.3f} {:.3f}]", width * 72 / 25.4, height * 72 / 25.4) + more;
  };
  const std::vector<Row> rows{
      {millimetres(210, 297), 210, 297, 0, true},
      {millimetres(208, 299), 208, 299, 0, true},
      {millimetres(207.9, 297), 207.9, 297, 0, false},
      {millimetres(215.9, 279.4), 215.9, 279.4, 0, false},
      {millimetres(297, 210), 297, 210, 0, false},
      {millimetres(297, 210, "/Rotate 90"), 297, 210, 90, true},
      {millimetres(210, 297, "/Rotate 90"), 210, 297, 90, false},
      {millimetres(210, 297, "/Rotate 180"), 210, 297, 180, true},
      {millimetres(297, 210, "/Rotate -90"), 297, 210, 270, true},
      {millimetres(297, 210, "/Rotate 450"), 297, 210, 90, true},
      {millimetres(297, 210, "/Rotate 90.0"), 297, 210, 90, true},
      {millimetres(210, 297, "/Rotate 45"), 210, 297, 45, false},
      {millimetres(297, 210, "/Rotate 45"), 297, 210, 45, false},
      {millimetres(210, 297, "/Rotate 91"), 210, 297, 45, false},
      {millimetres(105, 148.5, "/UserUnit 2"), 210, 297, 0, true},
      {millimetres(210, 297, "/UserUnit 2"), 420, 594, 0, false},
      {millimetres(210, 297, "/CropBox[0 0 100 100]"), 210, 297, 0, true},
      {"/MediaBox[695.276 941.89 100 100]", 210, 297, 0, true},
      {"/MediaBox[-300 -400 295.276 441.89]", 210, 297, 0, true},
      {"", 215.9, 279.4, 0, false},
      {"/MediaBox[0 0 0 0]", 215.9, 279.4, 0, false},
  };
  for (const auto& row : rows) {
    auto facts = look(made({.content = "", .box = row.box}));
    ASSERT_EQ(facts.pages.size(), 1U) << row.box;
    const pdf::Page& page = facts.pages[0];
    EXPECT_NEAR(page.width, row.width, 0.001) << row.box;
    EXPECT_NEAR(page.height, row.height, 0.001) << row.box;
    EXPECT_EQ(page.rotation, row.rotation) << row.box;
    EXPECT_EQ(pdf::is_a4_portrait(page), row.a4) << row.box;
  }
}

TEST(Look, SA3_size_and_rotation_are_inherited) {
  auto facts = look(made_pdf({"<</Type/Catalog/Pages 2 0 R>>",
                              "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 841.89 595.276]/Rotate 90>>",
                              "<</Type/Pages/Parent 2 0 R/Kids[4 0 R]/Count 1>>", "<</Type/Page/Parent 3 0 R>>"}));
  ASSERT_EQ(facts.pages.size(), 1U);
  EXPECT_NEAR(facts.pages[0].width, 297, 0.001);
  EXPECT_EQ(facts.pages[0].rotation, 90);
  EXPECT_TRUE(pdf::is_a4_portrait(facts.pages[0]));
}

TEST(Look, CountsThePagesThatAreThere) {
  EXPECT_EQ(look(made_pages(std::vector<std::string>(10, ""))).pages.size(), 10U);
  auto facts = look(made_pages(std::vector<std::string>(11, "")));
  EXPECT_EQ(facts.page_count, 11);
  EXPECT_TRUE(facts.pages.empty());
  // The tree says one page, or a million; has a page twice; has itself as a kid.
  auto tree = [](const std::string& entries) {
    return made_pdf({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages" + entries + ">>",
                     std::string("<</Type/Page/Parent 2 0 R") + kA4 + ">>"});
  };
  EXPECT_EQ(look(tree("/Kids[3 0 R]/Count 1000000")).page_count, 1);
  EXPECT_EQ(look(tree("/Kids[3 0 R 3 0 R]/Count 1")).page_count, 2);
  EXPECT_EQ(look(tree("/Kids[3 0 R 2 0 R 9 0 R null]/Count 2")).page_count, 1);
  EXPECT_EQ(look(tree("/Kids[3 0 R]/Count -4")).page_count, 1);
}

TEST(Look, TreesThatGrowWithoutEndAreCut) {
  // Thirty levels with every kid named twice are a thousand million pages.
  std::vector<std::string> objects{"<</Type/Catalog/Pages 2 0 R>>"};
  for (int i = 2; i < 32; ++i)
    objects.push_back(fmt::format("<</Type/Pages/Kids[{0} 0 R {0} 0 R]/Count 2>>", i + 1));
  objects.push_back(std::string("<</Type/Page") + kA4 + ">>");
  auto facts = testing::scanner().look(made_pdf(objects), letter());
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_EQ(facts->page_count, kPageCountMax);
}

TEST(Look, SA5_words_that_touch_the_box) {
  std::string content = text_at(30, 45, "Ada Reader") + text_at(30, 50, "7 Mill  Lane") +
                        text_at(122, 60, "Glued") + text_at(124, 60, "Beside") + text_at(30, 90, "Below") +
                        text_at(10, 50, "Wide-reaching-word") + text_at(30, 65, "o\256ce") +
                        text_at(2, 4, "NOTIFY", 6);
  auto facts = look(made_pages({content, text_at(2, 4, "NOTIFY", 6) + text_at(30, 45, "Ada")}));
  std::vector<std::string> words;
  for (const auto& word : facts.pages.at(0).words) words.push_back(word.text);
  EXPECT_THAT(words,
              ElementsAre("Ada", "Reader", "7", "Mill", "Lane", "Glued", "Wide-reaching-word", "ofice", "NOTIFY"));
  const auto& ada = facts.pages[0].words[0];
  EXPECT_NEAR(ada.box.left, 30, 0.5);
  EXPECT_LT(ada.box.top, 45);
  EXPECT_GT(ada.box.bottom, 45);
  const auto& reader = facts.pages[0].words[1];
  EXPECT_EQ(std::pair(ada.block, ada.line), std::pair(reader.block, reader.line));
  EXPECT_NE(std::pair(ada.block, ada.line), std::pair(facts.pages[0].words[2].block, facts.pages[0].words[2].line));
  // On other pages only the tag is looked for.
  ASSERT_EQ(facts.pages.at(1).words.size(), 1U);
  EXPECT_EQ(facts.pages[1].words[0].text, "NOTIFY");
}

TEST(Look, SA11_words_are_found_as_displayed) {
  // The same text on a page that is turned, and on one whose corner is not 0,0.
  Bytes turned = made({.content = "0 1 -1 0 595.276 0 cm " + text_at(30, 45, "Turned"),
                       .box = "/MediaBox[0 0 841.89 595.276]/Rotate 90"});
  Bytes moved = made({.content = "1 0 0 1 -300 200 cm " + text_at(30, 45, "Turned"),
                      .box = "/MediaBox[-300 200 295.276 1041.89]"});
  Bytes large = made({.content = "0.5 0 0 0.5 0 0 cm " + text_at(30, 45, "Turned"),
                      .box = "/MediaBox[0 0 297.638 420.945]/UserUnit 2"});
  for (const Bytes& pdf : {moved, large}) {
    auto facts = look(pdf);
    ASSERT_EQ(facts.pages.at(0).words.size(), 1U);
    EXPECT_NEAR(facts.pages[0].words[0].box.left, 30, 0.5);
    EXPECT_FALSE(facts.pages[0].ink_outside);
  }
  auto facts = look(turned);
  EXPECT_TRUE(pdf::is_a4_portrait(facts.pages.at(0)));
}

TEST(Look, SA4_ink_outside) {
  struct Row {
    const char* name;
    std::string first, second;
    std::vector<int> pages;
  };
  std::string image = "q 20 0 0 20 10 10 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x20 EI Q ";
  const std::vector<Row> rows{
      {"nothing", "", "", {}},
      {"dot 208 mm from the left", "", "590 400 1 1 re f", {2}},
      {"between window and body", text_at(24.6, 90, "x"), text_at(24.6, 90, "x"), {1}},
      {"14.5 mm", "", text_at(14.5, 100, "l"), {}},
      {"13.5 mm", "", box_at(13.5, 100, 20, 101), {2}},
      {"address from 24 mm", box_at(24, 50, 60, 52), "", {}},
      {"address from 23 mm", box_at(23, 50, 60, 52), "", {1}},
      {"white rectangle", "1 g 0 0 600 850 re f", "", {}},
      {"white text", "1 g " + text_at(2, 4, "NOTIFY"), "1 1 1 rg " + text_at(2, 4, "NOTIFY"), {}},
      {"invisible text", "3 Tr " + text_at(2, 100, "hidden"), "", {}},
      {"tinted page", "0.99 g 0 0 600 850 re f", "1 1 0.98 rg 0 0 600 850 re f", {1, 2}},
      {"covered again", "0 g 10 10 10 10 re f 1 g 5 5 20 20 re f", "", {}},
      {"picture", "", image, {2}},
      {"line", "0 0.1 m 600 0.1 l S", "", {1}},
      {"half transparent", "/G gs 0 0 20 20 re f", "", {1}},
      {"gradient", "/S sh", "", {1}},
      {"logo and sender", box_at(15, 5, 125, 30) + box_at(125, 5, 195, 95), "", {}},
      {"body", box_at(15, 95, 195, 292), box_at(15, 5, 195, 292), {}},
      {"border", "", box_at(13.9, 5, 20, 10), {2}},
  };
  for (const auto& row : rows) {
    auto page = [](int contents) {
      return std::string("<</Type/Page/Parent 2 0 R") + kA4 + "/Resources 7 0 R/Contents " +
             std::to_string(contents) + " 0 R>>";
    };
    Bytes pdf = made_pdf(
        {"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>", page(5), page(6),
         made_stream("", row.first), made_stream("", row.second),
         std::string("<<") + kHelvetica +
             "/ExtGState<</G<</ca 0.5>>>>/Shading<</S<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 9 0]"
             "/BBox[0 0 9 9]/Function<</FunctionType 2/N 1/Domain[0 1]/C0[0]/C1[0.5]>>>>>>>>"});
    auto facts = look(pdf);
    std::vector<int> pages;
    for (std::size_t i = 0; i < facts.pages.size(); ++i)
      if (facts.pages[i].ink_outside) pages.push_back(static_cast<int>(i) + 1);
    EXPECT_EQ(pages, row.pages) << row.name;
  }
}

TEST(Look, SA4_what_printing_adds_or_leaves_out) {
  auto ink = [](const OnePage& one) { return look(made(one)).pages.at(0).ink_outside; };
  std::string drawn = made_stream("/Type/XObject/Subtype/Form/BBox[0 0 10 10]", "0 0 10 10 re f");
  auto annotated = [&](const std::string& entries) {
    return OnePage{.content = "",
                   .page = "/Annots[<</Type/Annot/Rect[5 5 15 15]/AP<</N 5 0 R>>" + entries + ">>]",
                   .more = {drawn}};
  };
  EXPECT_TRUE(ink(annotated("/Subtype/Stamp/F 4")));
  EXPECT_FALSE(ink(annotated("/Subtype/Stamp/F 0"))) << "not for printing";
  EXPECT_FALSE(ink(annotated("/Subtype/Stamp/F 6"))) << "hidden";
  EXPECT_TRUE(ink(annotated("/Subtype/Widget/FT/Btn/F 4")));
  auto layered = [](const std::string& config) {
    return OnePage{.content = "/OC /L BDC 0 0 10 10 re f EMC",
                   .resources = "/Properties<</L 5 0 R>>",
                   .catalog = "/OCProperties<</OCGs[5 0 R]/D<<" + config + ">>>>",
                   .more = {"<</Type/OCG/Name(x)>>"}};
  };
  EXPECT_TRUE(ink(layered("")));
  EXPECT_FALSE(ink(layered("/OFF[5 0 R]")));
  EXPECT_TRUE(ink({.content = "0 0 10 10 re f", .box = std::string(kA4) + "/CropBox[50 50 500 800]"}));
  EXPECT_FALSE(ink({.content = "0 0 10 10 re f", .box = "/MediaBox[0 0 612 792]"})) << "only A4 is looked at";
}

TEST(Look, SA4_attachments_have_no_address) {
  pdf::Look attachment = letter();
  attachment.allowed_first = attachment.allowed_others;
  EXPECT_FALSE(look(made_pages({text_at(24.6, 90, "x")}), attachment).pages.at(0).ink_outside);
  attachment.allowed_others.clear();
  EXPECT_FALSE(look(made_pages({box_at(0, 0, 5, 5)}), attachment).pages.at(0).ink_outside) << "not asked for";
}

TEST(Look, CM5_colours_that_come_down_to_RGB) {
  auto rgb = [](OnePage one) { return look(made(one)).has_rgb; };
  std::string icc3 = "[/ICCBased 5 0 R]";
  std::string profile3 = made_stream("/N 3/Alternate/DeviceRGB", "");
  std::string profile4 = made_stream("/N 4/Alternate/DeviceCMYK", "");
  auto picture = [](const std::string& space, int bytes) {
    return made_stream("/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace" + space,
                       std::string(static_cast<std::size_t>(bytes), '\x40'));
  };
  auto shown = [](const std::string& object, const std::string& second = "null") {
    return OnePage{
        .content = "10 0 0 10 100 100 cm /X Do", .resources = "/XObject<</X 6 0 R>>", .more = {second, object}};
  };
  auto coloured = [](const std::string& space, const std::string& values, const std::string& object = "null") {
    return OnePage{.content = "/C cs " + values + " sc 100 100 10 10 re f",
                   .resources = "/ColorSpace<</C " + space + ">>",
                   .more = {object}};
  };
  EXPECT_FALSE(rgb({.content = "0 g 100 100 9 9 re f 0 0 0 1 k 100 100 9 9 re f"}));
  EXPECT_TRUE(rgb({.content = "0 0 0 rg 100 100 9 9 re f"}));
  EXPECT_TRUE(rgb({.content = "1 0 0 RG 100 100 9 9 re S"}));
  EXPECT_TRUE(rgb({.content = "/DeviceRGB cs 1 0 0 sc 100 100 9 9 re f"}));
  EXPECT_TRUE(rgb(coloured(icc3, "1 0 0", profile3)));
  EXPECT_FALSE(rgb(coloured(icc3, "1 0 0 0", profile4)));
  EXPECT_TRUE(rgb(coloured("[/CalRGB<</WhitePoint[0.95 1 1.09]>>]", "1 0 0")));
  EXPECT_TRUE(rgb(coloured("[/Lab<</WhitePoint[0.95 1 1.09]>>]", "50 10 10")));
  EXPECT_FALSE(rgb(coloured("[/CalGray<</WhitePoint[0.95 1 1.09]>>]", "0.5")));
  EXPECT_TRUE(rgb(coloured("[/Indexed/DeviceRGB 1<000000FF0000>]", "1")));
  EXPECT_FALSE(rgb(coloured("[/Indexed/DeviceGray 1<00FF>]", "1")));
  std::string tint = "<</FunctionType 2/N 1/Domain[0 1]/C0[0 0 0 0]/C1[0 1 1 0]>>";
  EXPECT_FALSE(rgb(coloured("[/Separation/Red/DeviceCMYK" + tint + "]", "1")));
  EXPECT_TRUE(rgb(shown(picture("/DeviceRGB", 3))));
  EXPECT_TRUE(rgb(shown(picture("[/ICCBased 5 0 R]", 3), profile3)));
  EXPECT_TRUE(rgb(shown(picture("[/Indexed/DeviceRGB 255<" + std::string(1536, '7') + ">]", 1))));
  EXPECT_FALSE(rgb(shown(picture("/DeviceGray", 1))));
  EXPECT_FALSE(rgb(shown(picture("/DeviceCMYK", 4))));
  EXPECT_TRUE(rgb(shown(made_stream("/Type/XObject/Subtype/Form/BBox[0 0 1 1]", "1 0 0 rg 0 0 1 1 re f"))));
  EXPECT_TRUE(rgb({.content = "q 9 0 0 9 99 99 cm BI /W 1 /H 1 /BPC 8 /CS /RGB ID abc EI Q"}));
  EXPECT_TRUE(rgb({.content = "/S sh",
                   .resources = "/Shading<</S<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 9 0]/Function<<"
                                "/FunctionType 2/N 1/Domain[0 1]/C0[0 0 0]/C1[1 0 0]>>>>>>"}));
  std::string tile =
      made_stream("/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 5 5]/XStep 5/YStep 5/Resources<<>>",
                  "0 1 0 rg 0 0 3 3 re f");
  EXPECT_TRUE(rgb(
      {.content = "/Pattern cs /P scn 100 100 50 50 re f", .resources = "/Pattern<</P 5 0 R>>", .more = {tile}}));
  std::string drawn_font =
      "<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[0.1 0 0 0.1 0 0]/FirstChar 65/LastChar 65/Widths[10]"
      "/Encoding<</Differences[65/a]>>/CharProcs<</a 6 0 R>>/Resources<<>>>>";
  EXPECT_TRUE(rgb({.content = "BT /F 10 Tf 100 100 Td (A) Tj ET",
                   .resources = "/Font<</F 5 0 R>>",
                   .more = {drawn_font, made_stream("", "10 0 d0 1 0 0 rg 0 0 9 9 re f")}}));
}

TEST(Look, CM6_fonts_that_are_only_named) {
  auto fonts = [](OnePage one) { return look(made(one)).fonts_not_embedded; };
  EXPECT_THAT(fonts({.content = ""}), ElementsAre("Helvetica"));
  EXPECT_THAT(fonts({.content = "", .resources = ""}), IsEmpty());
  std::string descriptor = "<</Type/FontDescriptor/FontName/A/Flags 4/FontFile3 8 0 R>>";
  std::string empty_descriptor = "<</Type/FontDescriptor/FontName/A/Flags 4>>";
  auto with = [&](const std::string& font, const std::string& described) {
    return OnePage{.content = "",
                   .resources = "/Font 5 0 R",
                   .more = {"<</F " + font + ">>", described, "null", made_stream("/Subtype/Type1C", "x")}};
  };
  EXPECT_THAT(fonts(with("<</Type/Font/Subtype/Type1/BaseFont/A/FontDescriptor 6 0 R>>", descriptor)), IsEmpty());
  EXPECT_THAT(
      fonts(with("<</Type/Font/Subtype/TrueType/BaseFont/Arial#20B/FontDescriptor 6 0 R>>", empty_descriptor)),
      ElementsAre("Arial B"));
  std::string composite =
      "<</Type/Font/Subtype/Type0/BaseFont/C/DescendantFonts[<</Subtype/CIDFontType0/BaseFont/C/FontDescriptor 6 0 "
      "R>>]>>";
  EXPECT_THAT(fonts(with(composite, descriptor)), IsEmpty());
  EXPECT_THAT(fonts(with(composite, empty_descriptor)), ElementsAre("C"));
  EXPECT_THAT(fonts(with("<</Type/Font/Subtype/Type3>>", "null")), IsEmpty());
  // In a form that names itself, in a pattern, in the look of an annotation.
  std::string form = made_stream(
      std::string("/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<<") + kHelvetica + "/XObject<</X 5 0 R>>>>",
      "");
  EXPECT_THAT(fonts({.content = "", .resources = "/XObject<</X 5 0 R>>", .more = {form}}),
              ElementsAre("Helvetica"));
  EXPECT_THAT(fonts({.content = "", .resources = "/Pattern<</X 5 0 R>>", .more = {form}}),
              ElementsAre("Helvetica"));
  EXPECT_THAT(fonts({.content = "",
                     .resources = "",
                     .page = "/Annots[<</Subtype/Stamp/F 4/Rect[0 0 9 9]/AP<</N 5 0 R>>>>]",
                     .more = {form}}),
              ElementsAre("Helvetica"));
}

TEST(Look, SA16_pages_without_resources) {
  auto facts = look(made_pdf({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                              std::string("<</Type/Page/Parent 2 0 R") + kA4 + ">>"}));
  EXPECT_EQ(facts.pages.size(), 1U);
  EXPECT_THAT(facts.fonts_not_embedded, IsEmpty());
}

TEST(Look, SA1_files_that_are_no_readable_PDF) {
  EXPECT_NE(refusal_of("").find("no PDF"), std::string::npos);
  EXPECT_NE(refusal_of("hello").find("no PDF"), std::string::npos);
  EXPECT_NE(refusal_of("PK\x03\x04 and much more").find("no PDF"), std::string::npos);
  EXPECT_FALSE(refusal_of("%PDF-1.7\n").empty());
  EXPECT_FALSE(refusal_of("%PDF-1.7\n" + std::string(5000, '<')).empty());
  EXPECT_NE(
      refusal_of(made_pdf({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"})).find("no pages"),
      std::string::npos);
  EXPECT_FALSE(refusal_of(made_pdf({"<</Type/Catalog>>"})).empty());
}

TEST(Look, DamagedFilesAreReadAsReadersDo) {
  Bytes whole = made_pages({text_at(30, 45, "Ada"), ""});
  Bytes no_table = whole.substr(0, whole.find("xref\n"));
  EXPECT_EQ(look(no_table).page_count, 2);
  Bytes moved = "rubbish before it\n" + whole;
  EXPECT_EQ(look(moved).page_count, 2);
  Bytes broken_stream = whole;
  broken_stream.replace(broken_stream.find("/Length"), 7, "/Lengtx");
  EXPECT_EQ(look(broken_stream).page_count, 2);
  // Cut anywhere and changed anywhere: an answer or a refusal, never anything else.
  auto scanner = testing::scanner();
  for (std::size_t size = 50; size < whole.size(); size += 101) {
    auto facts = scanner.look(whole.substr(0, size), letter());
    EXPECT_TRUE(facts || facts.error().kind == ErrorKind::invalid_input) << size;
  }
  for (std::size_t at = 9; at < whole.size(); at += 37) {
    Bytes changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x11);
    auto facts = scanner.look(changed, letter());
    EXPECT_TRUE(facts || facts.error().kind == ErrorKind::invalid_input) << at;
  }
}

TEST(Look, SA1_encrypted_files) {
  testing::TemporaryFile plain(made_pages({text_at(30, 45, "Ada")}));
  auto encrypted = [&](const std::string& options) {
    testing::TemporaryFile out;
    testing::output_of("qpdf --allow-weak-crypto --encrypt " + options + " -- " + plain.path() + " " + out.path() +
                       " 2>&1");
    return out.read();
  };
  for (const char* bits : {"40", "128", "256"}) {
    auto facts = look(encrypted(std::string("'' owner ") + bits));
    ASSERT_EQ(facts.pages.size(), 1U) << bits;
    EXPECT_EQ(facts.pages[0].words.size(), 1U) << bits;
    EXPECT_NE(refusal_of(encrypted(std::string("secret owner ") + bits)).find("password"), std::string::npos)
        << bits;
  }
}

TEST(Look, DeepAndCrookedObjects) {
  std::string deep(20'000, '[');
  for (const OnePage& one :
       {OnePage{.content = deep}, OnePage{.content = "", .more = {deep + std::string(20'000, ']')}}}) {
    auto facts = testing::scanner().look(made(one), letter());
    EXPECT_TRUE(facts || facts.error().kind == ErrorKind::invalid_input);
  }
  EXPECT_EQ(look(made({.content = std::string(100'000, 'q')})).page_count, 1);
  EXPECT_EQ(look(made({.content = "BT /F1 1e30 Tf (x) Tj 1e38 1e38 1e38 1e38 1e38 1e38 cm (y) Tj"})).page_count, 1);
}

}  // namespace
}  // namespace postroom::pdfscan
