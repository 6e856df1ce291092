// Method: groups of empty lines of a known height; only the distribution over pages is looked at. A body page
// after the first holds 47 lines of 16 points.
#include <gtest/gtest.h>

#include <vector>

#include "adapters/harfbuzz/letter_layout.h"

namespace postroom::harfbuzz {
namespace {

constexpr int kLinesPerPage = 47;

LineGroup a_group(int lines) { return {.lines = std::vector<TextLine>(static_cast<std::size_t>(lines))}; }

LineGroup a_paragraph_group(int lines) {
  LineGroup group = a_group(lines);
  group.orphans = pdf::kParagraphOrphans;
  group.widows = pdf::kWidows;
  return group;
}

std::vector<int> lines_by_page(const std::vector<LineGroup>& groups) {
  std::vector<int> counts;
  for (const Page& page : paginate(groups, pdf::kBodyTop)) counts.push_back(static_cast<int>(page.lines.size()));
  return counts;
}

TEST(Paginate, NothingIsStillOnePage) { EXPECT_EQ(lines_by_page({}), std::vector<int>{0}); }

TEST(Paginate, FillsAPageToItsLastLine) {
  EXPECT_EQ(lines_by_page({a_group(kLinesPerPage)}), (std::vector<int>{47}));
  EXPECT_EQ(lines_by_page({a_group(kLinesPerPage + 1)}), (std::vector<int>{47, 1}));
}

TEST(Paginate, TP3_FourLinesOfAParagraphStayTogetherAtTheFoot) {
  // Room for four lines, then for three: with three, the paragraph moves as a whole.
  EXPECT_EQ(lines_by_page({a_group(43), a_paragraph_group(6)}), (std::vector<int>{47, 2}));
  EXPECT_EQ(lines_by_page({a_group(44), a_paragraph_group(6)}), (std::vector<int>{44, 6}));
  // Five lines cannot be parted into four and two.
  EXPECT_EQ(lines_by_page({a_group(43), a_paragraph_group(5)}), (std::vector<int>{43, 5}));
}

TEST(Paginate, ALastLineNeverStandsAloneOnThePageAfter) {
  EXPECT_EQ(lines_by_page({a_group(40), a_paragraph_group(8)}), (std::vector<int>{46, 2}));
}

TEST(Paginate, AHeadingStaysWithTheFirstLinesOfItsParagraph) {
  LineGroup heading = a_group(1);
  heading.keep_with_next = true;
  EXPECT_EQ(lines_by_page({a_group(42), heading, a_paragraph_group(6)}), (std::vector<int>{47, 2}));
  EXPECT_EQ(lines_by_page({a_group(43), heading, a_paragraph_group(6)}), (std::vector<int>{43, 7}));
  EXPECT_EQ(lines_by_page({a_group(41), heading, heading, a_paragraph_group(6)}), (std::vector<int>{47, 2}));
  EXPECT_EQ(lines_by_page({a_group(42), heading, heading, a_paragraph_group(6)}), (std::vector<int>{42, 8}));
  EXPECT_EQ(lines_by_page({a_group(46), heading}), (std::vector<int>{47}));
}

TEST(Paginate, WhatIsLongerThanAPageGoesOn) {
  LineGroup heading = a_group(100);
  heading.keep_with_next = true;
  EXPECT_EQ(lines_by_page({heading, a_paragraph_group(5)}), (std::vector<int>{47, 47, 11}));
  EXPECT_EQ(lines_by_page({a_paragraph_group(95)}), (std::vector<int>{47, 46, 2}));
}

TEST(Paginate, WhiteSpaceIsTheLargerOfTwoAndNoneAtThePageTop) {
  LineGroup first = a_group(1);
  first.after = 20;
  LineGroup second = a_group(1);
  second.before = 30;
  second.after = 10;
  LineGroup third = a_group(1);
  third.before = 50;
  third.starts_page = true;
  auto pages = paginate({first, second, third}, 100);
  ASSERT_EQ(pages.size(), 2u);
  EXPECT_DOUBLE_EQ(pages[0].lines[0].baseline, 100);
  EXPECT_DOUBLE_EQ(pages[0].lines[1].baseline, 146);
  EXPECT_DOUBLE_EQ(pages[1].lines[0].baseline, pdf::kBodyTop);
}

TEST(Paginate, ACodeThatDoesNotFitMovesToTheNextPage) {
  auto code = pdf::QrCode::encode("x");
  LineGroup group;
  group.code = &*code;
  auto fits = paginate({a_group(42), group}, pdf::kBodyTop);
  EXPECT_EQ(fits.size(), 1u);
  auto moves = paginate({a_group(43), group}, pdf::kBodyTop);
  ASSERT_EQ(moves.size(), 2u);
  EXPECT_EQ(moves[1].codes.size(), 1u);
}

}  // namespace
}  // namespace postroom::harfbuzz
