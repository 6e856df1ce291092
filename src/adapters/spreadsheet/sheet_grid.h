// The cells of one sheet while it is read, and the CSV they make. Only filled cells take memory.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postroom::spreadsheet {

class SheetGrid {
 public:
  // Rows and columns count from 0. Empty texts are no cells. invalid_input beyond the limits of limits.h.
  Result<void> put(std::uint32_t row, std::uint32_t column, std::string_view text);
  void hide_row(std::uint32_t row);
  void hide_columns(std::uint32_t first, std::uint32_t last);
  // The row stands in the file, even if it is empty: merged ranges reach down to the last of these.
  void note_row(std::uint32_t row) { last_row_ = std::max(last_row_, row); }
  // All cells from the first to the last (inclusive) get the value of the first.
  Result<void> merge(std::uint32_t first_row, std::uint32_t first_column, std::uint32_t last_row,
                     std::uint32_t last_column);

  // Once, at the end. invalid_input when every filled row is hidden, the header row is too wide, or it is too much.
  Result<std::string> to_csv();

 private:
  struct Cell {
    std::uint32_t row = 0;
    std::uint32_t column = 0;
    std::uint32_t number = 0;  // in the order they came
    std::uint32_t offset = 0;  // in text_
    std::uint32_t length = 0;
  };
  struct Range {
    std::uint32_t first_row, first_column, last_row, last_column;
  };

  void sort();
  Result<void> fill_merges();
  bool is_visible(const Cell& cell) const { return !is_row_hidden(cell.row) && !is_column_hidden(cell.column); }
  bool is_row_hidden(std::uint32_t row) const { return row < hidden_rows_.size() && hidden_rows_[row]; }
  bool is_column_hidden(std::uint32_t column) const {
    return column < hidden_columns_.size() && hidden_columns_[column];
  }

  std::string text_;
  std::vector<Cell> cells_;
  std::vector<Range> merges_;
  std::vector<bool> hidden_rows_;
  std::vector<bool> hidden_columns_;
  std::uint32_t last_row_ = 0;
  // The first row with a visible cell beyond kColumnsMax.
  std::uint32_t wide_row_ = std::numeric_limits<std::uint32_t>::max();
};

}  // namespace postroom::spreadsheet
