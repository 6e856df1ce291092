#include "adapters/spreadsheet/sheet_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "adapters/spreadsheet/limits.h"
#include "core/recipients/csv_reader.h"

namespace postroom::spreadsheet {
namespace {

constexpr std::string_view kRowEnd = "\r\n";

tl::unexpected<Error> too_much() {
  return fail(ErrorKind::invalid_input,
              fmt::format("The sheet holds more than {} filled cells or {} MB of text: split it into several files",
                          kCellsMax, kTextBytesMax >> 20));
}

}  // namespace

Result<void> SheetGrid::put(std::uint32_t row, std::uint32_t column, std::string_view text) {
  if (text.empty()) return {};
  if (row >= kRowsMax)
    return fail(ErrorKind::invalid_input,
                fmt::format("The sheet has more than {} rows: split it into several files", kRowsMax));
  note_row(row);
  if (column >= kColumnsMax) {
    if (!is_row_hidden(row) && !is_column_hidden(column)) wide_row_ = std::min(wide_row_, row);
    return {};
  }
  if (cells_.size() >= kCellsMax || text.size() > kTextBytesMax - text_.size()) return too_much();
  cells_.push_back({row, column, static_cast<std::uint32_t>(cells_.size()),
                    static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size())});
  text_.append(text);
  return {};
}

void SheetGrid::hide_row(std::uint32_t row) {
  if (row >= kRowsMax) return;
  if (hidden_rows_.size() <= row) hidden_rows_.resize(row + 1);
  hidden_rows_[row] = true;
}

void SheetGrid::hide_columns(std::uint32_t first, std::uint32_t last) {
  // Columns beyond the limit matter only as visible or not: the last one stands for all of them.
  constexpr std::uint32_t kHiddenMax = 16'384;
  last = std::min(last, kHiddenMax - 1);
  if (first > last) return;
  if (hidden_columns_.size() <= last) hidden_columns_.resize(last + 1);
  std::fill(hidden_columns_.begin() + first, hidden_columns_.begin() + last + 1, true);
}

Result<void> SheetGrid::merge(std::uint32_t first_row, std::uint32_t first_column, std::uint32_t last_row,
                              std::uint32_t last_column) {
  if (merges_.size() >= kMergesMax) return too_much();
  if (first_row <= last_row && first_column <= last_column)
    merges_.push_back({first_row, first_column, last_row, last_column});
  return {};
}

void SheetGrid::sort() {
  auto before = [](const Cell& a, const Cell& b) {
    return std::tie(a.row, a.column, a.number) < std::tie(b.row, b.column, b.number);
  };
  if (!std::is_sorted(cells_.begin(), cells_.end(), before)) std::sort(cells_.begin(), cells_.end(), before);
}

Result<void> SheetGrid::fill_merges() {
  sort();
  std::size_t own = cells_.size();
  for (const Range& range : merges_) {
    auto found =
        std::lower_bound(cells_.begin(), cells_.begin() + static_cast<std::ptrdiff_t>(own), range,
                         [](const Cell& cell, const Range& wanted) {
                           return std::tie(cell.row, cell.column) < std::tie(wanted.first_row, wanted.first_column);
                         });
    if (found == cells_.begin() + static_cast<std::ptrdiff_t>(own) || found->row != range.first_row ||
        found->column != range.first_column)
      continue;
    Cell source = *found;
    for (std::uint32_t row = range.first_row; row <= std::min(range.last_row, last_row_); ++row) {
      for (std::uint32_t column = range.first_column; column <= std::min(range.last_column, kColumnsMax - 1);
           ++column) {
        if (row == range.first_row && column == range.first_column) continue;
        if (cells_.size() >= kCellsMax) return too_much();
        cells_.push_back({row, column, static_cast<std::uint32_t>(cells_.size()), source.offset, source.length});
      }
    }
  }
  sort();
  return {};
}

Result<std::string> SheetGrid::to_csv() {
  POSTROOM_CHECK(fill_merges());
  auto header = std::find_if(cells_.begin(), cells_.end(), [&](const Cell& cell) { return is_visible(cell); });
  std::uint32_t header_row = header == cells_.end() ? wide_row_ : header->row;
  if (wide_row_ <= header_row && wide_row_ != std::numeric_limits<std::uint32_t>::max())
    return fail(
        ErrorKind::invalid_input,
        fmt::format("The sheet has more than {} columns: take away those that are not needed", kColumnsMax));
  if (header == cells_.end()) {
    if (cells_.empty()) return std::string();
    return fail(ErrorKind::invalid_input, "All rows or columns of the sheet are hidden: show those to be sent");
  }
  std::uint32_t columns = kColumnsRead;
  for (auto cell = header; cell != cells_.end() && cell->row == header_row; ++cell) {
    if (is_visible(*cell)) columns = std::max(columns, cell->column + 1);
  }

  std::string csv;
  csv.reserve(text_.size() + cells_.size() + cells_.size() / 4);
  std::uint32_t row = header_row;
  std::uint32_t column = 0;  // of the sheet, up to where the row is written
  for (auto cell = header; cell != cells_.end(); ++cell) {
    if (!is_visible(*cell) || cell->column >= columns) continue;
    // Of several values for one cell the last counts: what lies under a merged range is not shown.
    if (auto next = cell + 1; next != cells_.end() && next->row == cell->row && next->column == cell->column)
      continue;
    if (cell->row != row) {
      for (; row < cell->row; ++row) {
        if (!is_row_hidden(row)) csv.append(kRowEnd);
      }
      column = 0;
    }
    for (; column < cell->column; ++column) {
      if (!is_column_hidden(column)) csv.push_back(',');
    }
    recipients::append_csv_cell(csv, std::string_view(text_).substr(cell->offset, cell->length));
    if (csv.size() > kTextBytesMax) return too_much();
  }
  csv.append(kRowEnd);
  return csv;
}

}  // namespace postroom::spreadsheet
