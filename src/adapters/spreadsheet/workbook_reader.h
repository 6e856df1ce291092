// Reads workbooks in this process. Time and memory are bounded by limits.h whatever the file says.
#pragma once

#include "ports/spreadsheet_reader.h"

namespace postroom::spreadsheet {

class WorkbookReader final : public ports::SpreadsheetReader {
 public:
  // The kind is known by the content, never by a name.
  Result<std::string> to_csv(BytesView workbook) override;
};

}  // namespace postroom::spreadsheet
