#include "adapters/spreadsheet/child_reader.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "adapters/child_process/child_process.h"
#include "adapters/spreadsheet/limits.h"
#include "adapters/spreadsheet/workbook_reader.h"
#include "core/recipients/recipient_csv.h"

namespace postroom::spreadsheet {
namespace {

using Steady = std::chrono::steady_clock;
using child_process::limit_resource;

constexpr int kExitRead = 0;
constexpr int kExitRefused = 3;  // standard output has the reason
constexpr int kExitBroken = 4;
constexpr std::size_t kOutputBytesMax = kTextBytesMax + (1U << 20);

void limit_this_process() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  limit_resource(RLIMIT_DATA, kChildMemoryMax);
  limit_resource(RLIMIT_CPU, static_cast<rlim_t>(kChildCpuMax.count()));
  limit_resource(RLIMIT_CORE, 0);
  limit_resource(RLIMIT_FSIZE, 0);
  limit_resource(RLIMIT_NOFILE, 3);
}

}  // namespace

Result<std::string> ChildReader::to_csv(BytesView workbook) {
  auto end = child_process::run_child({.program = program_,
                                       .name = "postroom",
                                       .arguments = {kChildArgument},
                                       .input = {workbook},
                                       .time_max = time_max_,
                                       .output_bytes_max = kOutputBytesMax});
  if (!end) return fail_in("read the workbook", end.error());
  if (end->exit_code == kExitRead) return std::move(end->output);
  if (end->exit_code == kExitRefused) return fail(ErrorKind::invalid_input, std::move(end->output));
  return fail(
      ErrorKind::invalid_input,
      "The workbook takes too much time or memory to read: copy the rows that you need into a new one, or save "
      "the sheet as CSV");
}

int read_spreadsheet_here() {
  limit_this_process();
  std::string workbook;
  if (!child_process::read_all(STDIN_FILENO, recipients::kSheetBytesMax, Steady::now() + kChildTimeMax, workbook))
    return kExitBroken;
  auto csv = WorkbookReader().to_csv(workbook);
  if (!child_process::write_all(STDOUT_FILENO, csv ? *csv : csv.error().message)) return kExitBroken;
  return csv ? kExitRead : kExitRefused;
}

}  // namespace postroom::spreadsheet
