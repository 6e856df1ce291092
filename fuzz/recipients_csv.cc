// Spreadsheets of recipients: any bytes, every channel. Rows read must equal rows counted.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/recipients/sheet_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom::recipients;
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto channel = static_cast<Channel>(data[0] % 3);
  RecipientSheet sheet(text, {channel, {"name", "reference", "email address"}, 50});
  RecipientRows rows = sheet.rows();
  RecipientRow row;
  std::size_t count = 0;
  while (rows.next(row)) {
    if (row.index != count++) std::abort();
    (void)address_text(row);
  }
  if (count != std::min(sheet.row_count(), sheet.spec().rows_max)) std::abort();
  SheetReport report = check_sheet(sheet, {});
  (void)first_problem(report, {});
  return 0;
}
