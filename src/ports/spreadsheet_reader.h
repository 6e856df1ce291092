// Workbooks that people upload, turned into the text that the core reads.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::ports {

class SpreadsheetReader {
 public:
  virtual ~SpreadsheetReader() = default;

  // The first visible sheet of a workbook as CSV: UTF-8, CR LF, quotes where needed. Hidden rows and columns are
  // left out, each cell of a merged range has the range's value, formulas give their stored result, numbers and
  // dates their plain text. Empty when the sheet has no visible cell.
  // invalid_input says what is wrong with the file and what its owner can do. Safe from several threads.
  virtual Result<std::string> to_csv(BytesView workbook) = 0;
};

}  // namespace postroom::ports
