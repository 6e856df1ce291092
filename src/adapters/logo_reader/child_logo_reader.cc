#include "adapters/logo_reader/child_logo_reader.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "adapters/child_process/child_process.h"
#include "core/logos/logo.h"

namespace postroom::logo_reader {
namespace {

using child_process::limit_resource;

constexpr int kExitRead = 0;
constexpr int kExitRefused = 3;  // standard output has the reason
constexpr int kExitBroken = 4;
// The picture with its description.
constexpr std::size_t kOutputBytesMax = logos::kPictureBytesMax * 2 + (64U << 10);

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

Result<pdf::Picture> ChildLogoReader::read(BytesView file) {
  if (file.size() > logos::kLogoBytesMax) return logos::read_logo(file);  // says how large it may be
  auto end = child_process::run_child({.program = program_,
                                       .name = "postroom",
                                       .arguments = {kChildArgument},
                                       .input = {file},
                                       .time_max = time_max_,
                                       .output_bytes_max = kOutputBytesMax});
  if (!end) return fail_in("read the logo", end.error());
  if (end->exit_code == kExitRead) return pdf::picture_from_bytes(end->output);
  if (end->exit_code == kExitRefused) return fail(ErrorKind::invalid_input, std::move(end->output));
  return fail(ErrorKind::invalid_input, "The logo takes too much time or memory to read: make it simpler");
}

int read_logo_here() {
  limit_this_process();
  Bytes file;
  auto deadline = std::chrono::steady_clock::now() + kChildTimeMax;
  if (!child_process::read_all(STDIN_FILENO, logos::kLogoBytesMax, deadline, file)) return kExitBroken;
  auto picture = logos::read_logo(file);
  Bytes output = picture ? pdf::to_bytes(*picture) : picture.error().message;
  if (!child_process::write_all(STDOUT_FILENO, output)) return kExitBroken;
  return picture ? kExitRead : kExitRefused;
}

}  // namespace postroom::logo_reader
