#include "adapters/spreadsheet/workbook_reader.h"

#include <new>

#include "adapters/spreadsheet/ods_reader.h"
#include "adapters/spreadsheet/xlsx_reader.h"
#include "adapters/spreadsheet/zip_parts.h"
#include "core/recipients/sheet_upload.h"

namespace postroom::spreadsheet {
namespace {

// Names in the directory of a compound file (MS-CFB) are UTF-16, little-endian.
bool has_stream(BytesView file, std::string_view name) {
  std::string wide;
  for (char c : name) wide.append({c, '\0'});
  return file.find(wide) != BytesView::npos;
}

constexpr std::string_view kEncrypted =
    "The workbook is protected by a password: take the password away and save it again";
constexpr std::string_view kOldFormat =
    "Workbooks of Excel 97 to 2003 (.xls) cannot be read: save it as .xlsx or CSV and try again";

Result<std::string> read_parts(BytesView workbook) {
  POSTROOM_TRY(parts, ZipParts::open(workbook));
  if (parts.has("content.xml")) return ods_to_csv(parts);
  if (parts.has("[Content_Types].xml")) return xlsx_to_csv(parts);
  return fail(ErrorKind::invalid_input, "The file is no .xlsx or .ods workbook: save it as one of these or as CSV");
}

}  // namespace

Result<std::string> WorkbookReader::to_csv(BytesView workbook) {
  switch (recipients::workbook_kind(workbook)) {
    case recipients::WorkbookKind::none:
      return fail(
          ErrorKind::invalid_input,
          "The file is no workbook, whatever its name says: open it in your spreadsheet program and save it "
          "as .xlsx, .ods or CSV");
    case recipients::WorkbookKind::compound: {
      std::string_view why = has_stream(workbook, "EncryptedPackage") ? kEncrypted : kOldFormat;
      return fail(ErrorKind::invalid_input, std::string(why));
    }
    case recipients::WorkbookKind::zip: break;
  }
  try {
    return read_parts(workbook);
  } catch (const std::bad_alloc&) {
    // ChildReader's process may have less memory than the limits allow.
    return fail(ErrorKind::invalid_input, "The workbook needs too much memory: copy the rows into a new one");
  }
}

}  // namespace postroom::spreadsheet
