#include "adapters/spreadsheet/child_reader.h"

#include "adapters/child_process/own_child.h"
#include "adapters/spreadsheet/limits.h"
#include "adapters/spreadsheet/workbook_reader.h"
#include "core/recipients/recipient_csv.h"

namespace postroom::spreadsheet {
namespace {

constexpr std::size_t kOutputBytesMax = kTextBytesMax + (1U << 20);

}  // namespace

Result<std::string> ChildReader::to_csv(BytesView workbook) {
  return child_process::ask_own_child(
      {.program = program_,
       .argument = kChildArgument,
       .time_max = time_max_,
       .output_bytes_max = kOutputBytesMax,
       .what = "read the workbook",
       .too_much =
           "The workbook takes too much time or memory to read: copy the rows that you need into a new one, "
           "or save the sheet as CSV"},
      workbook);
}

int read_spreadsheet_here() {
  return child_process::run_as_own_child({.memory_bytes_max = kChildMemoryMax,
                                          .cpu_max = kChildCpuMax,
                                          .time_max = kChildTimeMax,
                                          .input_bytes_max = recipients::kSheetBytesMax},
                                         [](BytesView workbook) { return WorkbookReader().to_csv(workbook); });
}

}  // namespace postroom::spreadsheet
