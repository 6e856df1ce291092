// What comes out of drawings is checked as operators here; how it looks, by the golden letters.
#include "core/logos/logo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <sstream>

#include "core/logos/ink.h"
#include "core/logos/svg_geometry.h"
#include "core/logos/svg_painter.h"
#include "core/logos/xml.h"

namespace postroom::logos {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string svg(std::string_view inside) {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 50\">" + std::string(inside) + "</svg>";
}

PaintedSvg painted(std::string_view inside) {
  auto root = parse_xml(svg(inside));
  EXPECT_TRUE(root) << root.error().message;
  auto result = root ? SvgPainter::paint(*root) : Result<PaintedSvg>(PaintedSvg{});
  EXPECT_TRUE(result) << inside << ": " << result.error().message;
  return result ? *result : PaintedSvg{};
}

std::string operators(std::string_view inside) { return painted(inside).content; }

std::string refusal(std::string_view file) {
  auto picture = read_logo(file);
  EXPECT_FALSE(picture) << file.substr(0, 200);
  if (picture) return "";
  EXPECT_EQ(picture.error().kind, ErrorKind::invalid_input);
  return picture.error().message;
}

std::string stored_file(const std::string& name) {
  std::ifstream in(std::string(POSTROOM_SOURCE_DIR) + "/tests/data/letters/" + name, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string inflated(BytesView data) {
  std::string out(1 << 22, '\0');
  uLongf size = out.size();
  EXPECT_EQ(uncompress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
                       static_cast<uLong>(data.size())),
            Z_OK);
  out.resize(size);
  return out;
}

TEST(Ink, CM1ColoursBecomeInksAndGreysBlackAlone) {
  struct Case {
    const char* colour;
    Cmyk ink;
  };
  for (const Case& c :
       {Case{"black", {0, 0, 0, 1}}, Case{"#fff", {0, 0, 0, 0}}, Case{"#808080", {0, 0, 0, 1 - 128 / 255.0}},
        Case{"#121110", {0, 0, 0, 1 - 17 / 255.0}}, Case{"red", {0, 1, 1, 0}},
        Case{"rgb(0, 0, 100%)", {1, 1, 0, 0}}, Case{"rgb(0,128,0)", {1, 0, 1, 1 - 128 / 255.0}}}) {
    auto colour = parse_colour(c.colour);
    ASSERT_TRUE(colour) << c.colour;
    Cmyk ink = to_inks(*colour);
    EXPECT_NEAR(ink.cyan, c.ink.cyan, 1e-9) << c.colour;
    EXPECT_NEAR(ink.magenta, c.ink.magenta, 1e-9) << c.colour;
    EXPECT_NEAR(ink.yellow, c.ink.yellow, 1e-9) << c.colour;
    EXPECT_NEAR(ink.black, c.ink.black, 1e-9) << c.colour;
  }
  for (const char* wrong : {"", "#12", "#12345", "#gggggg", "rgb(1,2)", "rgb(1,2,3,4)", "rgb(a,b,c)", "blackish"})
    EXPECT_FALSE(parse_colour(wrong)) << wrong;
}

TEST(SvgPath, EveryCommandLeadsWhereItSays) {
  struct Case {
    const char* data;
    Point end;
    std::size_t steps;
  };
  for (const Case& c :
       {Case{"M1 2", {1, 2}, 1}, Case{"m1,2 3,4", {4, 6}, 2}, Case{"M1 2 3 4L5 6", {5, 6}, 3},
        Case{"M0 0H5V6h-1v-2", {4, 4}, 5}, Case{"M0 0C1 1 2 2 3 3S4 4 5 5", {5, 5}, 3},
        Case{"M0 0Q1 1 2 0T4 0t2 0", {6, 0}, 4}, Case{"M0 0A5 5 0 0 1 10 0", {10, 0}, 3},
        Case{"M0 0a5 5 0 0110 0", {10, 0}, 3}, Case{"M0 0l1 1zm5 5", {5, 5}, 4}, Case{"M.5.5-1-1", {-1, -1}, 2},
        Case{"M1e1 2E0", {10, 2}, 1}, Case{" M 1 , 2 ", {1, 2}, 1}}) {
    auto outline = parse_path(c.data);
    ASSERT_TRUE(outline) << c.data;
    EXPECT_NEAR(outline->here().x, c.end.x, 1e-9) << c.data;
    EXPECT_NEAR(outline->here().y, c.end.y, 1e-9) << c.data;
    EXPECT_EQ(outline->steps().size(), c.steps) << c.data;
  }
  for (const char* wrong :
       {"L1 2", "M1", "M1 2X", "M0 0C1 1 2 2 3", "M0 0A5 5 0 2 1 1 1", "M0 0z5", "Minf 0", "M1e99 0"})
    EXPECT_FALSE(parse_path(wrong)) << wrong;
}

TEST(SvgPath, AnArcIsRound) {
  Outline outline;
  outline.add_ellipse({0, 0}, 10, 10);
  for (const Outline::Step& step : outline.steps()) {
    if (step.verb != Outline::Verb::curve) continue;
    EXPECT_NEAR(std::hypot(step.points[2].x, step.points[2].y), 10, 1e-6);
  }
  auto bounds = outline.bounds();
  EXPECT_NEAR(bounds[0].x, -10, 1e-6);
  EXPECT_NEAR(bounds[1].y, 10, 1e-6);
}

TEST(SvgTransform, StepsApplyFromTheRight) {
  auto matrix = parse_transform("translate(10,20) scale(2) rotate(90 1 1)");
  ASSERT_TRUE(matrix);
  Point p = matrix->map({1, 0});
  EXPECT_NEAR(p.x, 14, 1e-9);
  EXPECT_NEAR(p.y, 22, 1e-9);
  EXPECT_NEAR(parse_transform("skewX(45)")->map({0, 1}).x, 1, 1e-9);
  for (const char* wrong : {"turn(1)", "scale()", "scale(1", "matrix(1 2 3)", "rotate(a)"})
    EXPECT_FALSE(parse_transform(wrong)) << wrong;
}

TEST(Svg, ShapesBecomeOperatorsInCmyk) {
  std::string out = operators("<rect width='10' height='5' fill='#000'/><line x1='1' x2='2' stroke='red'/>");
  EXPECT_THAT(out, HasSubstr("1 0 0 -1 0 50 cm"));
  EXPECT_THAT(out, HasSubstr("0 0 0 1 k\n0 0 m\n10 0 l\n10 5 l\n0 5 l\n0 0 l\nh\nf\n"));
  EXPECT_THAT(out, HasSubstr("0 1 1 0 K\n1 w\n4 M\n1 0 m\n2 0 l\n"));
  for (const char* rgb : {" rg\n", " RG\n", " g\n", " G\n", " cs\n"}) EXPECT_THAT(out, Not(HasSubstr(rgb)));
}

TEST(Svg, StylesCascade) {
  // Attribute, then sheet (element, class, id), then the shape's own style.
  const char* sheet = "<style>rect{fill:#111} .a,.b{fill:#222}/* x */ #c{fill:#333!important}</style>";
  auto black_of = [&](std::string_view shape) {
    std::string out = operators(std::string(sheet) + std::string(shape));
    std::size_t end = out.find(" k\n");
    return out.substr(out.rfind('\n', end) + 1, end - out.rfind('\n', end) - 1);
  };
  EXPECT_EQ(black_of("<circle r='5' fill='#444'/>"), "0 0 0 0.733");
  EXPECT_EQ(black_of("<rect width='5' height='5' fill='#444'/>"), "0 0 0 0.933");
  EXPECT_EQ(black_of("<rect class='z b' width='5' height='5'/>"), "0 0 0 0.867");
  EXPECT_EQ(black_of("<rect class='a' id='c' width='5' height='5'/>"), "0 0 0 0.8");
  EXPECT_EQ(black_of("<rect id='c' style='fill:#555' width='5' height='5'/>"), "0 0 0 0.667");
  EXPECT_EQ(black_of("<g color='#666'><circle r='5' fill='currentColor'/></g>"), "0 0 0 0.6");
}

TEST(Svg, GroupsTransformsClipsUsesAndGradients) {
  PaintedSvg drawing = painted(
      "<defs><clipPath id='c'><circle r='4' transform='translate(1 1)'/></clipPath><path id='p' d='M0 0h9v9z'/>"
      "<linearGradient id='g'><stop offset='.2' stop-color='red'/><stop offset='80%' stop-color='#fff'/>"
      "</linearGradient><radialGradient id='h' href='#g' gradientUnits='userSpaceOnUse' cx='5' cy='5' "
      "r='5'/></defs>"
      "<g transform='scale(2)' clip-path='url(#c)'><use href='#p' x='3' y='4' fill='url(#g)'/></g>"
      "<circle r='5' fill='url(#h)' opacity='.5'/><rect width='4' height='4' style='display:none'/>");
  EXPECT_THAT(drawing.content, HasSubstr("q\n2 0 0 2 0 0 cm\n"));
  EXPECT_THAT(drawing.content, HasSubstr("W n\n"));
  EXPECT_THAT(drawing.content, HasSubstr("1 0 0 1 3 4 cm"));
  EXPECT_THAT(drawing.content, HasSubstr("9 0 0 9 0 0 cm\n/S1 sh"));
  EXPECT_THAT(drawing.resources, HasSubstr("/ShadingType 2/ColorSpace/DeviceCMYK"));
  EXPECT_THAT(drawing.resources, HasSubstr("/ShadingType 3/ColorSpace/DeviceCMYK/Coords[5 5 0 5 5 5 ]"));
  EXPECT_THAT(drawing.resources, HasSubstr("/ca 0.5"));
  EXPECT_TRUE(drawing.transparent);
}

TEST(Svg, TP8WhatCannotBePrintedIsRefusedByName) {
  struct Case {
    const char* inside;
    const char* says;
  };
  for (const Case& c :
       {Case{"<image href='a.png'/>", "<image>"},
        Case{"<text>a</text>", "<text>"},
        Case{"<g><g><text>a</text></g></g>", "outlines"},
        Case{"<script>alert(1)</script>", "<script>"},
        Case{"<animate/>", "does not move"},
        Case{"<foreignObject/>", "<foreignObject>"},
        Case{"<rect width='1' height='1' filter='url(#f)'/>", "filter"},
        Case{"<rect width='1' height='1' mask='url(#m)'/>", "mask"},
        Case{"<rect width='1' height='1' fill='url(#nothing)'/>", "'nothing' is missing"},
        Case{"<rect width='1' height='1' fill='url(http://e.org/a#b)'/>", "not understood"},
        Case{"<use href='http://e.org/a.svg#b'/>", "outside the file"},
        Case{"<g opacity='.5'><rect width='1' height='1'/><rect width='2' height='2'/></g>", "transparent"},
        Case{"<style>g > rect{fill:red}</style><rect width='1' height='1'/>", "style sheet"},
        Case{"<style>@import url(a.css);</style><rect width='1' height='1'/>", "@import"},
        Case{"<path d='M1 2 oops'/>", "damaged"},
        Case{"<rect width='x' height='1'/>", "damaged"},
        Case{"<rect width='1' height='1' transform='spin(1)'/>", "spin"},
        Case{"", "shows nothing"},
        Case{"<rect width='1' height='1' fill='none'/>", "shows nothing"},
        Case{"<linearGradient id='g'><stop stop-opacity='.5'/></linearGradient>"
             "<rect width='1' height='1' fill='url(#g)'/>",
             "opaque"},
        Case{"<g id='a'><use href='#a'/></g>", "too deep"}}) {
    EXPECT_THAT(refusal(svg(c.inside)), HasSubstr(c.says)) << c.inside;
  }
}

TEST(Svg, HostileFilesAreRefusedQuickly) {
  EXPECT_THAT(refusal("<!DOCTYPE svg [<!ENTITY a \"aaaa\">]><svg viewBox='0 0 1 1'/>"), HasSubstr("entities"));
  EXPECT_THAT(refusal("<svg>"), HasSubstr("not closed"));
  EXPECT_THAT(refusal("<svg viewBox='0 0 1 1'></g>"), HasSubstr("closes nothing"));
  EXPECT_THAT(refusal("<svg a=1/>"), HasSubstr("damaged"));
  EXPECT_THAT(refusal("<svg>&unknown;</svg>"), HasSubstr("reference"));
  EXPECT_THAT(refusal("<svg>\xFF</svg>"), HasSubstr("UTF-8"));
  EXPECT_THAT(refusal("<html/>"), HasSubstr("outermost"));
  EXPECT_THAT(refusal("<svg/>"), HasSubstr("size"));
  EXPECT_THAT(refusal("<svg viewBox='0 0 1000 1'><rect width='1' height='1'/></svg>"), HasSubstr("hundred"));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<g>";
  EXPECT_THAT(refusal(svg(deep)), HasSubstr("deep"));
  std::string many;
  for (int i = 0; i < 30'000; ++i) many += "<g/>";
  EXPECT_THAT(refusal(svg(many)), HasSubstr("elements"));
  // Ten uses of ten uses of … each doubles the work ten times.
  std::string bomb = "<defs><g id='x0'><rect width='1' height='1'/></g>";
  for (int i = 1; i < 12; ++i) {
    bomb += "<g id='x" + std::to_string(i) + "'>";
    for (int j = 0; j < 10; ++j) bomb += "<use href='#x" + std::to_string(i - 1) + "'/>";
    bomb += "</g>";
  }
  EXPECT_THAT(refusal(svg(bomb + "</defs><use href='#x11'/>")), HasSubstr("too complex"));
  std::string long_path = "<path id='p' fill='none' d='M0 0";
  for (int i = 0; i < 100'000; ++i) long_path += "l1 1";
  long_path += "'/>";
  for (int i = 0; i < 1'000; ++i) long_path += "<use href='#p'/>";
  EXPECT_THAT(refusal(svg(long_path)), HasSubstr("too complex"));
  EXPECT_THAT(refusal(std::string(kLogoBytesMax + 1, '<')), HasSubstr("bytes"));
  EXPECT_THAT(refusal("GIF89a"), HasSubstr("neither"));
  EXPECT_THAT(refusal(""), HasSubstr("neither"));
}

TEST(Svg, WhatProgramsAddIsNoObstacle) {
  std::string out = operators(
      "<metadata><rdf:RDF>x</rdf:RDF></metadata><sodipodi:namedview id='n'/><title>t</title><desc/>"
      "<switch><foreignObject requiredExtensions='x'/><g i:extraneous='self'><rect width='1' "
      "height='1'/></g></switch>");
  EXPECT_THAT(out, HasSubstr("f\n"));
  EXPECT_TRUE(
      read_logo("\xEF\xBB\xBF<?xml version='1.0'?><!DOCTYPE svg PUBLIC 'a' 'b'><!-- c --><svg "
                "width='20mm' height='10mm'><path d='M0 0h9v9z'/></svg>"));
}

TEST(Logo, StoredFormSurvives) {
  auto picture = read_logo(stored_file("crest.svg"));
  ASSERT_TRUE(picture) << picture.error().message;
  auto back = pdf::picture_from_bytes(pdf::to_bytes(*picture));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->content, picture->content);
  EXPECT_EQ(back->entries, picture->entries);
  EXPECT_EQ(back->transparent, picture->transparent);
  EXPECT_DOUBLE_EQ(back->ratio, 3);
  Bytes bytes = pdf::to_bytes(*picture);
  for (std::size_t size : {std::size_t{0}, std::size_t{10}, std::size_t{40}, bytes.size() / 4})
    EXPECT_EQ(pdf::picture_from_bytes(BytesView(bytes).substr(0, size)).error().kind, ErrorKind::corrupt) << size;
}

TEST(Png, GreyIsKAloneAndColourIsCmykWithItsMask) {
  auto grey = read_logo(stored_file("grey.png"));
  ASSERT_TRUE(grey) << grey.error().message;
  EXPECT_THAT(grey->entries, HasSubstr("/Width 600/Height 200/ColorSpace/DeviceGray"));
  EXPECT_TRUE(grey->mask.empty());
  std::string pixels = inflated(grey->content);
  ASSERT_EQ(pixels.size(), 600u * 200u);
  EXPECT_EQ(static_cast<unsigned char>(pixels[20 * 600 + 20]), 0);
  EXPECT_EQ(static_cast<unsigned char>(pixels[100 * 600 + 100]), 200);
  auto colour = read_logo(stored_file("colour.png"));
  ASSERT_TRUE(colour) << colour.error().message;
  EXPECT_THAT(colour->entries, HasSubstr("/ColorSpace/DeviceCMYK"));
  EXPECT_TRUE(colour->transparent);
  std::string inks = inflated(colour->content), mask = inflated(colour->mask);
  ASSERT_EQ(inks.size(), 4u * 420 * 160);
  ASSERT_EQ(mask.size(), 420u * 160);
  EXPECT_EQ(mask[0], 0);
  EXPECT_EQ(inks.substr(4 * (40 * 420 + 270), 4), (std::string{"\0\0\0\xFF", 4})) << "black is K alone";
  EXPECT_EQ(static_cast<unsigned char>(mask[80 * 420 + 200]), 128);
}

TEST(Png, DamageIsRefused) {
  std::string png = stored_file("grey.png");
  for (std::size_t size = 4; size < png.size(); size += 7)
    EXPECT_THAT(refusal(png.substr(0, size)), HasSubstr("damaged")) << size;
  for (std::size_t at = 8; at < png.size() - 4; at += 11) {
    std::string changed = png;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    EXPECT_FALSE(read_logo(changed)) << at;
  }
}

TEST(Png, SizeIsLimited) {
  auto with_size = [](unsigned width, unsigned height) {
    std::string head("IHDR", 4);
    for (unsigned value : {width, height})
      for (int shift = 24; shift >= 0; shift -= 8) head += static_cast<char>(value >> shift);
    head += std::string("\x08\x02\0\0\0", 5);
    auto sum = static_cast<unsigned>(
        crc32(0, reinterpret_cast<const Bytef*>(head.data()), static_cast<uInt>(head.size())));
    std::string png("\x89PNG\r\n\x1A\n\0\0\0\x0D", 12);
    png += head;
    for (int shift = 24; shift >= 0; shift -= 8) png += static_cast<char>(sum >> shift);
    return png;
  };
  EXPECT_THAT(refusal(with_size(2000, 100)), HasSubstr("2000 by 100 pixels"));
  EXPECT_THAT(refusal(with_size(100, 4'000'000'000u)), HasSubstr("make it smaller"));
  EXPECT_THAT(refusal(with_size(0, 100)), HasSubstr("damaged"));
}

}  // namespace
}  // namespace postroom::logos
