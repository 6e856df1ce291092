#include "core/recipients/sheet_upload.h"

#include <vector>

#include "base/text.h"
#include "core/recipients/csv_reader.h"
#include "core/recipients/plain_text.h"
#include "core/recipients/recipient_csv.h"

namespace postroom::recipients {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kRowEnd = "\r\n";

std::string with_row_ends(std::string_view text) {
  std::string stored;
  stored.reserve(text.size() + text.size() / 16);
  for (std::string_view line : split_lines(text)) stored.append(line).append(kRowEnd);
  return stored;
}

Result<std::string> tabs_to_commas(std::string_view text) {
  std::string stored;
  stored.reserve(text.size() + text.size() / 16);
  CsvReader reader(text, '\t');
  std::vector<std::string_view> cells;
  std::size_t rows = 0;
  while (reader.next(cells)) {
    if (++rows > kUploadRowsMax)
      return fail(ErrorKind::invalid_input,
                  "The file has more than " + std::to_string(kUploadRowsMax) + " rows, split it into several");
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) stored.push_back(',');
      append_csv_cell(stored, cells[i]);
    }
    stored.append(kRowEnd);
  }
  return stored;
}

}  // namespace

WorkbookKind workbook_kind(std::string_view bytes) {
  if (bytes.starts_with("PK\x03\x04")) return WorkbookKind::zip;
  if (bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) return WorkbookKind::compound;
  return WorkbookKind::none;
}

std::optional<SheetFile> sheet_file_of(std::string_view file_name) {
  std::size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  std::string extension = to_lower(file_name.substr(dot + 1));
  if (extension == "csv") return SheetFile::csv;
  if (extension == "tsv") return SheetFile::tsv;
  for (std::string_view workbook : {"xlsx", "xlsm", "xls", "ods"}) {
    if (extension == workbook) return SheetFile::workbook;
  }
  return std::nullopt;
}

Result<void> check_sheet_size(std::size_t bytes, std::size_t bytes_max) {
  if (bytes < bytes_max) return {};
  return fail(ErrorKind::invalid_input,
              "The file must be smaller than " + std::to_string(bytes_max >> 20) + " MB, split it into several");
}

Result<std::string> stored_sheet(std::string_view bytes, SheetFile file, std::size_t bytes_max) {
  if (file == SheetFile::workbook)
    return fail(ErrorKind::invalid_input, "Workbooks cannot be read, save the sheet as CSV and upload that");
  POSTROOM_CHECK(check_sheet_size(bytes.size(), bytes_max));
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (!is_valid_utf8(bytes))
    return fail(ErrorKind::invalid_input, "The file cannot be read, save it as CSV in UTF-8 and try again");
  if (file == SheetFile::tsv) return tabs_to_commas(with_row_ends(bytes));
  return with_row_ends(bytes);
}

}  // namespace postroom::recipients
