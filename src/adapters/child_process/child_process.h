// Starts a program for one piece of work and takes what it says. Safe from several threads.
#pragma once

#include <sys/resource.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::child_process {

struct ChildWork {
  std::string program;  // a path
  std::string name;     // what the process calls itself
  std::vector<std::string> arguments;
  std::vector<BytesView> input;  // its standard input, one after the other
  std::chrono::milliseconds time_max{0};
  std::size_t output_bytes_max = 0;
};

struct ChildEnd {
  // Its exit code; nothing of it is known when it died by a signal, or was killed because it took too long or said
  // too much.
  int exit_code = kKilled;
  Bytes output;

  static constexpr int kKilled = -1;
};

// The process has an empty environment and no open file but standard input, output and error. retry_later when it
// cannot be started; all else is in the ChildEnd.
Result<ChildEnd> run_child(const ChildWork& work);

// False when writing fails.
bool write_all(int descriptor, BytesView bytes);

// False when there is more than `bytes_max`, or the time is up, or reading fails.
bool read_all(int descriptor, std::size_t bytes_max, std::chrono::steady_clock::time_point deadline, Bytes& out);

// For the child: from now on, and not to be raised again. False when the system refuses.
bool limit_resource(__rlimit_resource resource, rlim_t value);

}  // namespace postroom::child_process
