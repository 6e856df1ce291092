// CSV as spreadsheets write it, and hostile CSV in linear time.
#include "core/recipients/csv_reader.h"

#include <gtest/gtest.h>

#include <chrono>

namespace postroom::recipients {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows read(std::string_view text) {
  Rows rows;
  CsvReader reader(text);
  std::vector<std::string_view> cells;
  while (reader.next(cells)) rows.emplace_back(cells.begin(), cells.end());
  return rows;
}

TEST(CsvReader, cells_and_rows) {
  EXPECT_EQ(read(""), Rows{});
  EXPECT_EQ(read("a,b\nc,d"), (Rows{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(read("a,b\r\nc,d\r\n"), (Rows{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(read("a\rb"), (Rows{{"a"}, {"b"}}));
  EXPECT_EQ(read("a\n\nb"), (Rows{{"a"}, {}, {"b"}}));
  EXPECT_EQ(read("a,\n,b,"), (Rows{{"a", ""}, {"", "b", ""}}));
  EXPECT_EQ(read("a, b ,  c"), (Rows{{"a", "b ", "c"}}));
  EXPECT_EQ(read("a;b\tc"), (Rows{{"a;b\tc"}}));
}

TEST(CsvReader, quotes) {
  EXPECT_EQ(read("\"a,b\",\"c\"\"d\""), (Rows{{"a,b", "c\"d"}}));
  EXPECT_EQ(read("a, \"b\"\nc"), (Rows{{"a", "b"}, {"c"}}));
  EXPECT_EQ(read("\"a\nb\r\nc\",d"), (Rows{{"a\nb\r\nc", "d"}}));
  EXPECT_EQ(read("a\"b\",c"), (Rows{{"a\"b\"", "c"}}));
  EXPECT_EQ(read("\"a\" b,c"), (Rows{{"a b", "c"}}));
  EXPECT_EQ(read("\"\",\"\"\"\""), (Rows{{"", "\""}}));
  EXPECT_EQ(read("\"never closed,\n"), (Rows{{"never closed,\n"}}));
  EXPECT_EQ(read("\"x\"\"never closed"), (Rows{{"x\"never closed"}}));
  EXPECT_EQ(read("\""), (Rows{{""}}));
}

TEST(CsvReader, written_cells_read_back) {
  for (std::string cell : {"plain", "a,b", "a\"b", "line\nline", " leading", "", "\"", "trailing "}) {
    std::string row;
    append_csv_cell(row, cell);
    row += ",end";
    EXPECT_EQ(read(row), (Rows{{cell, "end"}}));
  }
}

TEST(CsvReader, hostile_input_takes_linear_time) {
  auto start = std::chrono::steady_clock::now();
  for (const char* part : {",", "\"", "\"\"", "\n", " ", "\",\"", "\r"}) {
    std::string text;
    while (text.size() < 1'000'000) text += part;
    CsvReader reader(text);
    std::vector<std::string_view> cells;
    while (reader.next(cells)) ASSERT_LE(cells.size(), kCsvCellsMax);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

}  // namespace
}  // namespace postroom::recipients
