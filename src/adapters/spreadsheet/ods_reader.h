// OpenDocument spreadsheets (ISO/IEC 26300, version 1.2 and 1.3): ods.
#pragma once

#include <string>

#include "adapters/spreadsheet/zip_parts.h"
#include "base/result.h"

namespace postroom::spreadsheet {

// See ports/spreadsheet_reader.h. Memory: the cells, within limits.h.
Result<std::string> ods_to_csv(const ZipParts& parts);

}  // namespace postroom::spreadsheet
