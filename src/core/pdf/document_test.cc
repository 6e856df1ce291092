// Method: small documents are written and read back by eye of the format: offsets must point at their objects,
// numbers must be the shortest that PDF allows, and the same calls must give the same bytes.
#include "core/pdf/document.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"

namespace postroom::pdf {
namespace {

TEST(AppendNumber, IsShortAndNeverInExponents) {
  struct Case {
    double value;
    const char* expected;
  };
  for (const Case& c :
       {Case{0, "0"}, Case{1, "1"}, Case{-1, "-1"}, Case{12.5, "12.5"}, Case{0.125, "0.125"}, Case{-0.5, "-0.5"},
        Case{841.8898, "841.89"}, Case{0.0004, "0"}, Case{-0.0004, "0"}, Case{1e-9, "0"}, Case{100.05, "100.05"},
        Case{0.001, "0.001"}, Case{-12.0995, "-12.1"}, Case{123456789, "123456789"}}) {
    Bytes out;
    append_number(out, c.value);
    EXPECT_EQ(out, c.expected) << c.value;
  }
}

Bytes a_document(std::string_view identity) {
  DocumentWriter document(100);
  int catalog = document.reserve();
  int information = document.reserve();
  int data = document.reserve();
  document.stream(data, "/Type/XObject", "raw\nbytes");
  document.object(catalog, "<</Type/Catalog>>");
  document.object(information, "<<>>");
  return std::move(document).finish(catalog, information, identity);
}

TEST(DocumentWriter, TableOfOffsetsPointsAtObjects) {
  Bytes pdf = a_document("x");
  EXPECT_EQ(pdf.substr(0, 9), "%PDF-1.7\n");
  auto start = pdf.find("startxref\n") + 10;
  auto table = *parse_int<std::size_t>(std::string_view(pdf).substr(start, pdf.find('\n', start) - start));
  ASSERT_EQ(pdf.substr(table, 9), "xref\n0 4\n");
  for (int number = 1; number <= 3; ++number) {
    // Every line of the table is 20 bytes long; the first is of the free object 0.
    auto line = pdf.substr(table + 9 + 20 * static_cast<std::size_t>(number), 20);
    ASSERT_EQ(line.substr(10), " 00000 n \n");
    auto offset = *parse_int<std::size_t>(line.substr(0, 10));
    EXPECT_EQ(pdf.substr(offset, 8), std::to_string(number) + " 0 obj\n");
  }
  EXPECT_NE(pdf.find("<</Length 9/Type/XObject>>\nstream\nraw\nbytes\nendstream"), Bytes::npos);
  EXPECT_NE(pdf.find("/Size 4/Root 1 0 R/Info 2 0 R"), Bytes::npos);
  EXPECT_TRUE(pdf.ends_with("%%EOF\n"));
}

TEST(DocumentWriter, SameContentSameBytesOtherContentOtherId) {
  EXPECT_EQ(a_document("x"), a_document("x"));
  EXPECT_NE(a_document("x"), a_document("y"));
}

}  // namespace
}  // namespace postroom::pdf
