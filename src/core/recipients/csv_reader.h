// Comma-separated values, RFC 4180 with what spreadsheets really write: blanks after a comma are skipped, quotes
// inside an unquoted cell are literal, a quoted cell may hold line ends, LF, CR LF or CR end a row.
// Linear; one pass; no copy of cells without quotes.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::recipients {

// Cells of a row beyond are skipped; bounds the work that a hostile header can cause in every row.
inline constexpr std::size_t kCsvCellsMax = 2'000;

class CsvReader {
 public:
  // `text` must outlive the reader and the cells. Separator: a comma, or a tab for tab-separated files.
  explicit CsvReader(std::string_view text, char separator = ',') : text_(text), separator_(separator) {}

  // The next row, or false at the end. An empty line is a row without cells. The views are valid until the next
  // call.
  bool next(std::vector<std::string_view>& cells);
  // What has not been read yet.
  std::string_view rest() const { return text_.substr(position_); }

 private:
  std::string_view read_cell();
  std::string_view read_quoted_cell();
  std::string_view read_to_cell_end();
  bool at_cell_end() const;
  void skip_line_end();

  std::string_view text_;
  char separator_;
  std::size_t position_ = 0;
  std::deque<std::string> unquoted_;  // cells of the current row that had to be changed
  std::size_t unquoted_used_ = 0;
};

// One cell as it must be written: quoted only where needed.
void append_csv_cell(std::string& out, std::string_view cell);

}  // namespace postroom::recipients
