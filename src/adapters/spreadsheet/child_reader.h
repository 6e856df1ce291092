// Reads workbooks in a process of its own, which has no secrets, no files and little memory: what a hostile
// workbook may break there is lost with it.
#pragma once

#include <chrono>
#include <string>

#include "ports/spreadsheet_reader.h"

namespace postroom::spreadsheet {

// The argument with which the program does what read_spreadsheet_here() does.
inline constexpr const char* kChildArgument = "__read-spreadsheet";
inline constexpr std::chrono::seconds kChildCpuMax{20};
inline constexpr std::chrono::seconds kChildTimeMax{60};
// Of its data; the program itself comes on top.
inline constexpr std::size_t kChildMemoryMax = 512U << 20;

class ChildReader final : public ports::SpreadsheetReader {
 public:
  // `program` is started with kChildArgument.
  explicit ChildReader(std::string program = "/proc/self/exe", std::chrono::milliseconds time_max = kChildTimeMax)
      : program_(std::move(program)), time_max_(time_max) {}

  // retry_later when no process can be started; invalid_input when it breaks, too.
  Result<std::string> to_csv(BytesView workbook) override;

 private:
  std::string program_;
  std::chrono::milliseconds time_max_;
};

// The child: limits itself, reads a workbook from standard input and writes CSV, or the reason why not, to standard
// output. Returns the exit code.
int read_spreadsheet_here();

}  // namespace postroom::spreadsheet
