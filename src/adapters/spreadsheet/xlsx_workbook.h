// Everything of an Office Open XML workbook except the cells: which sheet, which strings, which formats are dates.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/spreadsheet/cell_text.h"
#include "adapters/spreadsheet/zip_parts.h"
#include "base/result.h"

namespace postroom::spreadsheet {

// Texts end to end, so that a million of them cost no million allocations.
class SharedStrings {
 public:
  // False when that would be more than kTextBytesMax or kCellsMax.
  bool add(std::string_view text);
  std::size_t size() const { return ends_.size(); }
  // Empty for an index that is none.
  std::string_view at(std::size_t index) const;

 private:
  std::string text_;
  std::vector<std::uint32_t> ends_;
};

struct XlsxWorkbook {
  std::string sheet_part;               // of the first sheet that is not hidden
  bool from_1904 = false;               // where dates begin to count
  std::vector<NumberKind> cell_styles;  // by the number that a cell's style has
  SharedStrings strings;
};

Result<XlsxWorkbook> open_xlsx(const ZipParts& parts);

// Office writes characters that XML cannot hold as _x000D_.
std::string unescape_xlsx(std::string_view text);

}  // namespace postroom::spreadsheet
