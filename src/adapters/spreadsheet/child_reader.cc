#include "adapters/spreadsheet/child_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "adapters/spreadsheet/limits.h"
#include "adapters/spreadsheet/workbook_reader.h"
#include "core/recipients/recipient_csv.h"

namespace postroom::spreadsheet {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kExitRead = 0;
constexpr int kExitRefused = 3;  // standard output has the reason
constexpr int kExitBroken = 4;
constexpr std::size_t kBlockBytes = 64 * 1024;
constexpr std::size_t kOutputBytesMax = kTextBytesMax + (1U << 20);

class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }
  int get() const { return value_; }

 private:
  int value_;
};

bool write_all(int descriptor, BytesView bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// False when there is more than `bytes_max`, or the time is up, or reading fails.
bool read_all(int descriptor, std::size_t bytes_max, Steady::time_point deadline, std::string& out) {
  std::array<char, kBlockBytes> block;
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
    if (left <= 0) return false;
    pollfd wait{descriptor, POLLIN, 0};
    int ready = ::poll(&wait, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    ssize_t count = ::read(descriptor, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) return true;
    if (out.size() + static_cast<std::size_t>(count) > bytes_max) return false;
    out.append(block.data(), static_cast<std::size_t>(count));
  }
}

tl::unexpected<Error> cannot_start(int cause) {
  return fail(ErrorKind::retry_later, fmt::format("cannot start a process to read the workbook: {}",
                                                  std::generic_category().message(cause)));
}

// Zero or an error number. Nothing of our environment goes along.
int spawn(const std::string& program, int input, int output, pid_t& child) {
  posix_spawn_file_actions_t actions;
  if (int error = ::posix_spawn_file_actions_init(&actions); error != 0) return error;
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  std::string name = "postroom";
  std::string argument = kChildArgument;
  std::array<char*, 3> arguments{name.data(), argument.data(), nullptr};
  std::array<char*, 1> environment{nullptr};
  int error = ::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

void limit(__rlimit_resource resource, rlim_t value) {
  rlimit both{value, value};
  ::setrlimit(resource, &both);
}

void limit_this_process() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  limit(RLIMIT_DATA, kChildMemoryMax);
  limit(RLIMIT_CPU, static_cast<rlim_t>(kChildCpuMax.count()));
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NOFILE, 3);
}

}  // namespace

Result<std::string> ChildReader::to_csv(BytesView workbook) {
  // In memory, so that neither side waits for the other.
  Descriptor input(::memfd_create("workbook", MFD_CLOEXEC));
  if (input.get() < 0 || !write_all(input.get(), workbook) || ::lseek(input.get(), 0, SEEK_SET) != 0)
    return cannot_start(errno);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot_start(errno);
  Descriptor output(ends[0]);
  Descriptor child_output(ends[1]);
  pid_t child = 0;
  if (int error = spawn(program_, input.get(), child_output.get(), child); error != 0) return cannot_start(error);
  child_output.close();
  std::string text;
  bool whole = read_all(output.get(), kOutputBytesMax, Steady::now() + time_max_, text);
  if (!whole) ::kill(child, SIGKILL);
  int status = wait_for(child);
  if (whole && WIFEXITED(status) && WEXITSTATUS(status) == kExitRead) return text;
  if (whole && WIFEXITED(status) && WEXITSTATUS(status) == kExitRefused)
    return fail(ErrorKind::invalid_input, std::move(text));
  return fail(
      ErrorKind::invalid_input,
      "The workbook takes too much time or memory to read: copy the rows that you need into a new one, or save "
      "the sheet as CSV");
}

int read_spreadsheet_here() {
  limit_this_process();
  std::string workbook;
  if (!read_all(STDIN_FILENO, recipients::kSheetBytesMax, Steady::now() + kChildTimeMax, workbook))
    return kExitBroken;
  auto csv = WorkbookReader().to_csv(workbook);
  if (!write_all(STDOUT_FILENO, csv ? *csv : csv.error().message)) return kExitBroken;
  return csv ? kExitRead : kExitRefused;
}

}  // namespace postroom::spreadsheet
