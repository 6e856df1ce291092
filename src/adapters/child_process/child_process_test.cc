#include "adapters/child_process/child_process.h"

#include <gtest/gtest.h>

namespace postroom::child_process {
namespace {

ChildWork shell(std::string script) {
  return {.program = "/bin/sh",
          .name = "sh",
          .arguments = {"-c", std::move(script)},
          .time_max = std::chrono::seconds{20},
          .output_bytes_max = 8 << 20};
}

TEST(RunChild, HandsPartsOverAndTakesOutputAndExitCode) {
  std::string large(3 << 20, 'x');
  auto work = shell("cat; exit 7");
  work.input = {"one ", "two ", large};
  auto end = run_child(work);
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->exit_code, 7);
  EXPECT_EQ(end->output, "one two " + large);
}

TEST(RunChild, HasNoEnvironmentAndNoOtherFiles) {
  ::setenv("POSTROOM_SECRET", "x", 1);
  int open_file = ::dup(0);
  auto end = run_child(shell("echo \"$POSTROOM_SECRET$HOME\"; for f in /proc/self/fd/*; do echo ${f##*/}; done"));
  ::close(open_file);
  ASSERT_TRUE(end);
  // The shell itself reads the folder through one more descriptor.
  EXPECT_EQ(end->output.substr(0, 7), "\n0\n1\n2\n");
  EXPECT_LE(end->output.size(), 9U) << end->output;
}

TEST(RunChild, KillsWhatTakesTooLongOrSaysTooMuch) {
  auto slow = shell("echo part; exec sleep 30");
  slow.time_max = std::chrono::milliseconds{200};
  EXPECT_EQ(run_child(slow)->exit_code, ChildEnd::kKilled);
  EXPECT_EQ(run_child(shell("exec yes 0123456789012345678901234567890123456789"))->exit_code, ChildEnd::kKilled);
  EXPECT_EQ(run_child(shell("kill -SEGV $$"))->exit_code, ChildEnd::kKilled);
}

TEST(RunChild, SaysWhatCannotBeStarted) {
  auto work = shell("");
  work.program = "/nonexistent/program";
  auto end = run_child(work);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::retry_later);
  EXPECT_NE(end.error().message.find("/nonexistent/program"), std::string::npos);
}

}  // namespace
}  // namespace postroom::child_process
