// Method: stamps are unpacked by qpdf and their operators read, so that places are compared to the thousandth of a
// point. Tools and fonts are those of tools/setup.
#include "adapters/harfbuzz/letter_stamp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "base/text.h"
#include "core/pdf/letter_geometry.h"

namespace postroom::harfbuzz {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return output;
  char buffer[4096];
  for (std::size_t size = 0; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, size);
  pclose(pipe);
  return output;
}

bool has_tool(const std::string& tool) { return !output_of("command -v " + tool).empty(); }

#define NEEDS_TOOL(tool, package) \
  ASSERT_TRUE(has_tool(tool)) << tool << " is not installed: run tools/setup, or install " package

class LetterStampTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto renderer = HarfbuzzLetterRenderer::create();
    ASSERT_TRUE(renderer) << renderer.error().message << ": run tools/setup";
    renderer_ = std::move(*renderer);
    path_ = "/tmp/postroom-stamp-XXXXXX";
    int descriptor = mkstemp(path_.data());
    if (descriptor >= 0) close(descriptor);
  }
  ~LetterStampTest() override { std::remove(path_.c_str()); }

  Result<Bytes> stamp(const ports::LetterStamp& stamp) { return HarfbuzzLetterStamper(*renderer_).stamp(stamp); }
  // What `command` says about the stamp in file "$1".
  std::string read(const ports::LetterStamp& wanted, const std::string& command) {
    auto pdf = stamp(wanted);
    EXPECT_TRUE(pdf) << pdf.error().message;
    if (!pdf) return "";
    std::ofstream(path_, std::ios::binary) << *pdf;
    return output_of("set -- " + path_ + "; " + command);
  }
  std::string operators(const ports::LetterStamp& wanted) {
    return read(wanted, "qpdf --qdf --object-streams=disable \"$1\" -");
  }

  std::unique_ptr<HarfbuzzLetterRenderer> renderer_;
  std::string path_;
};

const std::vector<std::string> kAddress = {"Ada Lovelace", "12 Example Street", "SW1A 1AA"};

// The base line of the last line is 2 points above the window's bottom edge, 66.3 mm from the top.
TEST_F(LetterStampTest, SA7_lines_end_at_the_bottom_of_the_window) {
  NEEDS_TOOL("qpdf", "qpdf");
  double bottom = pdf::mm(297 - 66.3) + 2;
  for (std::size_t count : {1U, 3U, 7U}) {
    std::string ops = operators({.address_lines = std::vector<std::string>(count, "Line")});
    for (std::size_t i = 0; i < count; ++i) {
      Bytes place;
      pdf::append_number(place, pdf::mm(24.6));
      place += ' ';
      pdf::append_number(place, bottom + 8.5 * static_cast<double>(i));
      EXPECT_THAT(ops, HasSubstr(place)) << count;
    }
  }
}

TEST_F(LetterStampTest, SA7_letters_stay_as_they_are_given) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  EXPECT_EQ(read({.address_lines = kAddress}, "pdftotext -raw \"$1\" -"),
            "Ada Lovelace\n12 Example Street\nSW1A 1AA\n\f");
}

TEST_F(LetterStampTest, SA7_accents_that_follow_their_letters_are_composed) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  EXPECT_EQ(read({.address_lines = {"Sia\u0302n"}}, "pdftotext -raw \"$1\" -"), "Si\u00e2n\n\f");
}

TEST_F(LetterStampTest, SA7_a_fallback_font_draws_what_the_first_lacks) {
  NEEDS_TOOL("pdffonts", "poppler-utils");
  std::string fonts = read({.address_lines = {"Ada ☎"}}, "pdffonts \"$1\"");
  EXPECT_THAT(fonts, HasSubstr("LiberationSans"));
  EXPECT_THAT(fonts, HasSubstr("DejaVuSans"));
  EXPECT_THAT(fonts, Not(HasSubstr(" no ")));
  auto refused = stamp({.address_lines = {"\U0010FFFF"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
}

TEST_F(LetterStampTest, SA7_joined_letters_copy_as_the_letters_that_were_typed) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  EXPECT_THAT(read({.address_lines = {"مرحبا"}}, "pdftotext -raw \"$1\" -"), HasSubstr("مرحبا"));
}

TEST_F(LetterStampTest, SA7_a_line_too_long_is_set_smaller_until_it_fits) {
  NEEDS_TOOL("pdftotext", "poppler-utils");
  std::string long_line = "The";
  for (int i = 0; i < 30; ++i) long_line += " word";
  std::string boxes = read({.address_lines = {long_line, "short"}}, "pdftotext -bbox \"$1\" -");
  double right = 0;
  for (std::size_t at = 0; (at = boxes.find("xMax=\"", at)) != std::string::npos; ++at)
    right = std::max(right, std::strtod(boxes.c_str() + at + 6, nullptr));
  EXPECT_NEAR(right, pdf::mm(120), 0.3);
  EXPECT_THAT(boxes, HasSubstr(">word</word>"));
}

TEST_F(LetterStampTest, SA8_the_tag) {
  NEEDS_TOOL("qpdf", "qpdf");
  NEEDS_TOOL("pdftotext", "poppler-utils");
  EXPECT_EQ(read({.notify_tag = true}, "pdftotext -raw \"$1\" -"), "NOTIFY\n\f");
  std::string ops = operators({.notify_tag = true});
  Bytes place;
  pdf::append_number(place, pdf::mm(1.8));
  place += ' ';
  pdf::append_number(place, pdf::mm(297 - 1.8) - 6);
  EXPECT_THAT(ops, HasSubstr(place));
  EXPECT_THAT(ops, HasSubstr("6 Tf"));
  EXPECT_THAT(operators({.address_lines = kAddress}), Not(HasSubstr("6 Tf")));
}

// Pages that are not quite A4 are measured from their own top left corner.
TEST_F(LetterStampTest, SA3_the_stamp_has_the_size_of_the_page) {
  NEEDS_TOOL("qpdf", "qpdf");
  std::string ops = operators({.address_lines = {"Line"}, .page_width = 208, .page_height = 299});
  Bytes box;
  pdf::append_number(box, pdf::mm(208));
  EXPECT_THAT(ops, HasSubstr(box));
  Bytes baseline;
  pdf::append_number(baseline, pdf::mm(299 - 66.3) + 2);
  EXPECT_THAT(ops, HasSubstr(baseline));
}

TEST_F(LetterStampTest, CM1_black_is_K_and_the_same_stamp_has_the_same_bytes) {
  NEEDS_TOOL("qpdf", "qpdf");
  ports::LetterStamp wanted{.address_lines = kAddress, .notify_tag = true};
  std::string ops = operators(wanted);
  EXPECT_THAT(ops, HasSubstr("0 0 0 1 k"));
  EXPECT_THAT(ops, Not(HasSubstr(" rg")));
  EXPECT_EQ(*stamp(wanted), *stamp(wanted));
}

TEST_F(LetterStampTest, AD6_more_than_seven_lines_are_refused) {
  EXPECT_FALSE(stamp({.address_lines = std::vector<std::string>(8, "x")}));
}

}  // namespace
}  // namespace postroom::harfbuzz
