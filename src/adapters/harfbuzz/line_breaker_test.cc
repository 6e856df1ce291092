// Method: text is set in the real letter fonts; what stands on each line is read back through the glyphs'
// count and the words' widths, at widths just enough and just not enough.
#include "adapters/harfbuzz/line_breaker.h"

#include <gtest/gtest.h>

#include <chrono>

#include "adapters/harfbuzz/letter_renderer.h"

namespace postroom::harfbuzz {
namespace {

class LineBreakerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<FontFamily> families;
    for (const FontFiles& files : default_letter_fonts()) {
      auto regular = FontFace::load(files.regular, files.package, false, true);
      auto bold = FontFace::load(files.bold, files.package, true, true);
      if (regular && bold) families.push_back({std::move(*regular), std::move(*bold)});
    }
    ASSERT_FALSE(families.empty()) << "no letter font: run tools/setup, or install fonts-liberation2";
    fonts_ = std::make_unique<FontSet>(std::move(families));
    shaper_ = std::make_unique<Shaper>(*fonts_);
    breaker_ = std::make_unique<LineBreaker>(*shaper_);
  }

  std::vector<TextLine> lines_of(const ports::LetterLine& line, double width) {
    std::vector<TextLine> lines;
    auto done = breaker_->add(line, kType, false, width, lines);
    EXPECT_TRUE(done) << done.error().message;
    return lines;
  }
  std::vector<TextLine> lines_of(std::string_view text, double width) {
    return lines_of({{{std::string(text), false}}}, width);
  }
  double width_of(std::string_view text) { return lines_of(text, 1e9).front().width; }
  std::size_t glyphs_on(const TextLine& line) {
    std::size_t count = 0;
    for (const Piece& piece : breaker_->pieces_of(line)) count += piece.segment->glyphs.size();
    return count;
  }
  std::vector<std::size_t> glyphs_by_line(std::string_view text, double width) {
    std::vector<std::size_t> counts;
    for (const TextLine& line : lines_of(text, width)) counts.push_back(glyphs_on(line));
    return counts;
  }

  static constexpr pdf::TypeSize kType = pdf::kBodyType;
  std::unique_ptr<FontSet> fonts_;
  std::unique_ptr<Shaper> shaper_;
  std::unique_ptr<LineBreaker> breaker_;
};

TEST_F(LineBreakerTest, BreaksAtTheBlankThatIsLastToFit) {
  double enough = width_of("three two");
  EXPECT_EQ(glyphs_by_line("three two one", enough), (std::vector<std::size_t>{9, 3}));
  EXPECT_EQ(glyphs_by_line("three two one", enough - 0.01), (std::vector<std::size_t>{5, 7}));
}

TEST_F(LineBreakerTest, BlanksRunTogetherAndVanishAtLineEnds) {
  EXPECT_EQ(glyphs_by_line("  one \t two\u2003 ", 1e9), (std::vector<std::size_t>{7}));
  EXPECT_EQ(glyphs_by_line("", 100), (std::vector<std::size_t>{0}));
  EXPECT_EQ(glyphs_by_line("   ", 100), (std::vector<std::size_t>{0}));
}

TEST_F(LineBreakerTest, NoBreakBlanksAndHyphensHold) {
  double narrow = width_of("one two") + 1;
  EXPECT_EQ(glyphs_by_line("x one\u00A0two", narrow), (std::vector<std::size_t>{1, 7}));
  EXPECT_EQ(glyphs_by_line("x one\u2011two", narrow + 3), (std::vector<std::size_t>{1, 7}));
  EXPECT_EQ(glyphs_by_line("one-two", width_of("one-")), (std::vector<std::size_t>{4, 3}));
}

TEST_F(LineBreakerTest, ClosingPunctuationStaysWithTheWordBefore) {
  EXPECT_EQ(glyphs_by_line("ab cd !", width_of("ab cd")), (std::vector<std::size_t>{2, 4}));
}

TEST_F(LineBreakerTest, AChangeToBoldInsideAWordIsNoPlaceToBreak) {
  ports::LetterLine line{{{"aa bb", false}, {"cc", true}, {".", false}}};
  double width = width_of("aa bb") + 1;
  std::vector<std::size_t> counts;
  for (const TextLine& part : lines_of(line, width)) counts.push_back(glyphs_on(part));
  EXPECT_EQ(counts, (std::vector<std::size_t>{2, 5}));
}

TEST_F(LineBreakerTest, AWordWiderThanALineIsCutAndNothingIsWider) {
  auto lines = lines_of("x " + std::string(1000, 'W'), 200);
  std::size_t total = 0;
  for (const TextLine& line : lines) {
    EXPECT_LE(line.width, 200 + 1e-6);
    total += glyphs_on(line);
  }
  EXPECT_EQ(total, 1001u);
  EXPECT_EQ(glyphs_by_line("WW", 1), (std::vector<std::size_t>{1, 1}));
}

TEST_F(LineBreakerTest, TP15_AnAddressLineIsCutNotWrapped) {
  auto line = breaker_->add_cut(std::string(60, 'M'), pdf::kAddressType, pdf::kAddressWidth);
  ASSERT_TRUE(line);
  EXPECT_LE(line->width, pdf::kAddressWidth + 1e-6);
  EXPECT_EQ(glyphs_on(*line), 36u);  // 85 mm of 0.833 em at 8 points
  EXPECT_EQ(glyphs_on(*breaker_->add_cut("short", pdf::kAddressType, pdf::kAddressWidth)), 5u);
}

TEST_F(LineBreakerTest, MarksComposeWithTheirLetters) {
  // y with a combining circumflex has a letter of its own; so it has one glyph and one width.
  EXPECT_DOUBLE_EQ(width_of("y\u0302"), width_of("\u0177"));
}

TEST_F(LineBreakerTest, RightToLeftWordsStandInVisualOrder) {
  ASSERT_GE(fonts_->families(), 2U) << "no second font: run tools/setup, or install fonts-dejavu-core";
  auto hebrew = lines_of("a \u05D0\u05D1 \u05D2 b", 1e9).front();
  std::vector<std::size_t> sizes;
  for (const Piece& piece : breaker_->pieces_of(hebrew)) sizes.push_back(piece.segment->glyphs.size());
  // a, blank, the second Hebrew word (one letter), blank, the first (two), blank, b.
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 1, 1, 1, 2, 1, 1}));
}

TEST_F(LineBreakerTest, ACharacterInNoFontIsNamed) {
  std::vector<TextLine> lines;
  for (auto [text, name] : {std::pair{"a\U0001F9FFb", "U+1F9FF"}, {"\u4E00", "U+4E00"}, {"x\uE123", "U+E123"}}) {
    auto done = breaker_->add({{{text, false}}}, kType, false, 100, lines);
    ASSERT_FALSE(done) << text;
    EXPECT_EQ(done.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(done.error().message.find(name), std::string::npos) << done.error().message;
  }
}

TEST_F(LineBreakerTest, ControlsAndSoftHyphensLeaveNoTrace) {
  EXPECT_EQ(glyphs_by_line("a\u00ADb\x01\u0085"
                           "c",
                           1e9),
            (std::vector<std::size_t>{3}));
}

TEST_F(LineBreakerTest, HostileTextTakesLinearTime) {
  auto start = std::chrono::steady_clock::now();
  lines_of(std::string(100'000, 'x'), 300);
  lines_of(std::string(100'000, ' '), 300);
  std::string marks = "e";
  for (int i = 0; i < 25'000; ++i) marks += "\u0301";
  lines_of(marks, 300);
  std::string slashes;
  for (int i = 0; i < 50'000; ++i) slashes += "a/";
  lines_of(slashes, 300);
  // Milliseconds when linear; a quadratic step would take minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

}  // namespace
}  // namespace postroom::harfbuzz
