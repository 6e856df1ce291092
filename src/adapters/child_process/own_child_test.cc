// Varied: what the child reads and makes of it, in a process of its own. Held: its exit code, its output, and the
// limits it works under.
#include "adapters/child_process/own_child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "adapters/child_process/child_process.h"

namespace postroom::child_process {
namespace {

struct Outcome {
  int exit_code = -1;
  Bytes output;
};

// Generous with memory: sanitizers need much.
constexpr OwnChildLimits kLimits{.memory_bytes_max = std::size_t{1} << 46,
                                 .cpu_max = std::chrono::seconds{7},
                                 .time_max = std::chrono::seconds{20},
                                 .input_bytes_max = 10};

Outcome run_here(BytesView input, const std::function<Result<Bytes>(BytesView)>& work) {
  std::array<int, 2> in{}, out{};
  if (::pipe(in.data()) != 0 || ::pipe(out.data()) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::_exit(run_as_own_child(kLimits, work));
  }
  ::close(in[0]);
  ::close(out[1]);
  EXPECT_TRUE(write_all(in[1], input));
  ::close(in[1]);
  Outcome outcome;
  EXPECT_TRUE(read_all(out[0], 1 << 20, std::chrono::steady_clock::now() + kLimits.time_max, outcome.output));
  ::close(out[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

TEST(OwnChild, TheChildSaysWhatItMadeOrWhyNot) {
  auto done = run_here("0123456789", [](BytesView file) -> Result<Bytes> { return Bytes(file) + "!"; });
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(done.output, "0123456789!");
  auto refused = run_here("", [](BytesView) -> Result<Bytes> { return fail(ErrorKind::rejected, "no text"); });
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_EQ(refused.output, "no text");
  auto too_large = run_here("0123456789a", [](BytesView) -> Result<Bytes> { return Bytes("read"); });
  EXPECT_EQ(too_large.exit_code, 4);
  EXPECT_EQ(too_large.output, "");
}

TEST(OwnChild, TheChildIsLimitedBeforeItReads) {
  auto limits = run_here("", [](BytesView) -> Result<Bytes> {
    Bytes out;
    for (auto resource : {RLIMIT_DATA, RLIMIT_CPU, RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_NOFILE}) {
      rlimit limit{};
      ::getrlimit(resource, &limit);
      out += std::to_string(limit.rlim_max) + " ";
    }
    return out + (::fcntl(3, F_GETFD) < 0 ? "closed" : "open");
  });
  EXPECT_EQ(limits.output, std::to_string(kLimits.memory_bytes_max) + " 7 0 0 3 closed");
}

TEST(OwnChild, TheParentTellsRefusalsFromBreakdowns) {
  OwnChild child{.program = "/nonexistent/program",
                 .argument = "-s",
                 .time_max = std::chrono::seconds{20},
                 .output_bytes_max = 100,
                 .what = "read the thing",
                 .too_much = "too much"};
  auto end = ask_own_child(child, "");
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::retry_later);
  EXPECT_EQ(end.error().message.rfind("read the thing: cannot start", 0), 0U) << end.error().message;
  // A shell does what it reads.
  child.program = "/bin/sh";
  EXPECT_EQ(ask_own_child(child, "printf done").value(), "done");
  EXPECT_EQ(ask_own_child(child, "printf why; exit 3").error(), (Error{ErrorKind::invalid_input, "why"}));
  for (const char* broken : {"exit 4", "printf half; exit 1", "kill -9 $$", "head -c 200 /dev/zero; exit 3"}) {
    EXPECT_EQ(ask_own_child(child, broken).error(), (Error{ErrorKind::invalid_input, "too much"})) << broken;
  }
}

}  // namespace
}  // namespace postroom::child_process
