// Workbooks: any bytes as a file, and any bytes as the XML of a sheet in a file that is whole.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "adapters/spreadsheet/limits.h"
#include "adapters/spreadsheet/testing.h"
#include "adapters/spreadsheet/workbook_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom::spreadsheet;
  if (size == 0) return 0;
  std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string workbook;
  switch (data[0] % 5) {
    case 0: workbook = testing::made_xlsx(text, "<si><t>shared</t></si>"); break;
    case 1: workbook = testing::made_xlsx("<sheetData><row><c t='s'><v>0</v></c></row></sheetData>", text); break;
    case 2: workbook = testing::made_xlsx("", "", text); break;
    case 3: workbook = testing::made_ods(text); break;
    default: workbook = std::move(text); break;
  }
  auto csv = WorkbookReader().to_csv(workbook);
  if (csv ? csv->size() > kTextBytesMax + 1024 : csv.error().message.empty()) std::abort();
  return 0;
}
