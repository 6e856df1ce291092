#include "adapters/child_process/own_child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "adapters/child_process/child_process.h"

namespace postroom::child_process {
namespace {

constexpr int kExitDone = 0;
constexpr int kExitRefused = 3;  // standard output has the reason
constexpr int kExitBroken = 4;

void limit_this_process(const OwnChildLimits& limits) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  limit_resource(RLIMIT_DATA, limits.memory_bytes_max);
  limit_resource(RLIMIT_CPU, static_cast<rlim_t>(limits.cpu_max.count()));
  limit_resource(RLIMIT_CORE, 0);
  limit_resource(RLIMIT_FSIZE, 0);
  limit_resource(RLIMIT_NOFILE, 3);
}

}  // namespace

Result<Bytes> ask_own_child(const OwnChild& child, BytesView file) {
  auto end = run_child({.program = child.program,
                        .name = "postroom",
                        .arguments = {child.argument},
                        .input = {file},
                        .time_max = child.time_max,
                        .output_bytes_max = child.output_bytes_max});
  if (!end) return fail_in(child.what, std::move(end).error());
  if (end->exit_code == kExitDone) return std::move(end->output);
  if (end->exit_code == kExitRefused) return fail(ErrorKind::invalid_input, std::move(end->output));
  return fail(ErrorKind::invalid_input, std::string(child.too_much));
}

int run_as_own_child(const OwnChildLimits& limits, const std::function<Result<Bytes>(BytesView)>& work) {
  limit_this_process(limits);
  Bytes file;
  const auto deadline = std::chrono::steady_clock::now() + limits.time_max;
  if (!read_all(STDIN_FILENO, limits.input_bytes_max, deadline, file)) return kExitBroken;
  auto outcome = work(file);
  if (!write_all(STDOUT_FILENO, outcome ? *outcome : outcome.error().message)) return kExitBroken;
  return outcome ? kExitDone : kExitRefused;
}

}  // namespace postroom::child_process
