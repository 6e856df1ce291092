#include "adapters/child_process/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace postroom::child_process {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kBlockBytes = 64 * 1024;

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

tl::unexpected<Error> cannot_start(const ChildWork& work, int cause) {
  return fail(ErrorKind::retry_later,
              fmt::format("cannot start {}: {}", work.program, std::generic_category().message(cause)));
}

// Zero or an error number.
int spawn(const ChildWork& work, int input, int output, pid_t& child) {
  posix_spawn_file_actions_t actions;
  if (int error = ::posix_spawn_file_actions_init(&actions); error != 0) return error;
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  // Whatever the caller's threads had open at this moment and did not mark.
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  std::string name = work.name;
  std::vector<std::string> arguments = work.arguments;
  std::vector<char*> argv{name.data()};
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::array<char*, 1> environment{nullptr};
  int error = ::posix_spawn(&child, work.program.c_str(), &actions, nullptr, argv.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

bool write_all(int descriptor, BytesView bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool read_all(int descriptor, std::size_t bytes_max, Steady::time_point deadline, Bytes& out) {
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

bool limit_resource(__rlimit_resource resource, rlim_t value) {
  rlimit both{value, value};
  return ::setrlimit(resource, &both) == 0;
}

Result<ChildEnd> run_child(const ChildWork& work) {
  // In memory, so that neither side waits for the other.
  Descriptor input(::memfd_create("input", MFD_CLOEXEC));
  if (input.get() < 0) return cannot_start(work, errno);
  for (BytesView part : work.input)
    if (!write_all(input.get(), part)) return cannot_start(work, errno);
  if (::lseek(input.get(), 0, SEEK_SET) != 0) return cannot_start(work, errno);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot_start(work, errno);
  Descriptor output(ends[0]);
  Descriptor child_output(ends[1]);
  pid_t child = 0;
  if (int error = spawn(work, input.get(), child_output.get(), child); error != 0) return cannot_start(work, error);
  child_output.close();
  ChildEnd end;
  bool whole = read_all(output.get(), work.output_bytes_max, Steady::now() + work.time_max, end.output);
  if (!whole) ::kill(child, SIGKILL);
  int status = wait_for(child);
  if (whole && WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  return end;
}

}  // namespace postroom::child_process
