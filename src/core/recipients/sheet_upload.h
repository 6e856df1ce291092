// Files of recipients as people upload them, and the form in which they are stored: UTF-8, CSV, CR LF.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/recipients/recipient_csv.h"

namespace postroom::recipients {

// Rows of a tab-separated file, its empty ones counted too.
inline constexpr std::size_t kUploadRowsMax = 200'000;

enum class SheetFile : std::uint8_t {
  csv,
  tsv,
  workbook,  // xlsx, xlsm, xls, ods: to be converted before they come here
};

// What the first bytes say.
enum class WorkbookKind : std::uint8_t {
  none,
  zip,       // xlsx, xlsm, ods, and other things
  compound,  // xls, and encrypted workbooks
};
WorkbookKind workbook_kind(std::string_view bytes);
inline bool is_workbook(std::string_view bytes) { return workbook_kind(bytes) != WorkbookKind::none; }

// By the extension, any case; nothing for other files.
std::optional<SheetFile> sheet_file_of(std::string_view file_name);

// invalid_input for uploads of `bytes_max` bytes and more.
Result<void> check_sheet_size(std::size_t bytes, std::size_t bytes_max = kSheetBytesMax);

// The stored form of an uploaded csv or tsv file of less than `bytes_max` bytes: no byte-order mark, every line
// end (Unicode's too) as CR LF, tabs turned into commas. invalid_input says what is wrong with the file.
Result<std::string> stored_sheet(std::string_view bytes, SheetFile file, std::size_t bytes_max = kSheetBytesMax);

}  // namespace postroom::recipients
