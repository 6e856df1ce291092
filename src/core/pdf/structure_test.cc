#include "core/pdf/structure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postroom::pdf {
namespace {

using ::testing::HasSubstr;

TEST(PdfTextString, IsLiteralForAsciiAndUtf16Else) {
  EXPECT_EQ(text_string("Page (1) \\ 2"), "(Page \\(1\\) \\\\ 2)");
  EXPECT_EQ(text_string("ŵ😀"), "<FEFF0175D83DDE00>");
  EXPECT_EQ(text_string("a\nb"), "<FEFF0061000A0062>");
  EXPECT_EQ(text_string(""), "()");
}

TEST(Structure, ElementsKnowTheirContentOnEveryPage) {
  Structure structure;
  int list = structure.add("L", Structure::kRoot);
  int item = structure.add("LI", list, "/Lang(cy)");
  EXPECT_EQ(structure.role(item), "LI");
  EXPECT_EQ(structure.mark(item, 0), 0);
  EXPECT_EQ(structure.mark(list, 0), 1);
  EXPECT_EQ(structure.mark(item, 1), 0);
  DocumentWriter document(1000);
  int pages[] = {document.reserve(), document.reserve()};
  for (int page : pages) document.object(page, "<<>>");
  int tree = structure.write(document, pages);
  Bytes file = std::move(document).finish(pages[0], pages[0], "");
  EXPECT_EQ(tree, 3);
  EXPECT_THAT(file, HasSubstr("4 0 obj\n<</S/Document/P 3 0 R/K[5 0 R ]>>"));
  EXPECT_THAT(file, HasSubstr("5 0 obj\n<</S/L/P 4 0 R/Pg 1 0 R/K[6 0 R 1 ]>>"));
  EXPECT_THAT(file, HasSubstr("6 0 obj\n<</S/LI/P 5 0 R/Lang(cy)/Pg 1 0 R/K[0 <</Type/MCR/Pg 2 0 R/MCID 0>>]>>"));
  EXPECT_THAT(file, HasSubstr("/ParentTree<</Nums[0[6 0 R 5 0 R ]1[6 0 R ]]>>"));
}

TEST(Structure, ClearForgetsAll) {
  Structure structure;
  structure.mark(structure.add("P", Structure::kRoot), 3);
  structure.clear();
  DocumentWriter document(100);
  structure.write(document, {});
  EXPECT_THAT(std::move(document).finish(1, 1, ""), HasSubstr("/ParentTree<</Nums[]>>"));
}

}  // namespace
}  // namespace postroom::pdf
