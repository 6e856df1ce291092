// Office Open XML workbooks (ECMA-376, transitional and strict): xlsx and xlsm.
#pragma once

#include <string>

#include "adapters/spreadsheet/zip_parts.h"
#include "base/result.h"

namespace postroom::spreadsheet {

// See ports/spreadsheet_reader.h. Memory: the shared strings and the cells, within limits.h.
Result<std::string> xlsx_to_csv(const ZipParts& parts);

}  // namespace postroom::spreadsheet
