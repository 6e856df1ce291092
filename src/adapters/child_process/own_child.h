// What this program does with strangers' files in a process of its own, which it is itself: it starts itself with
// an argument that says what to do, hands a file over and takes the outcome.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::child_process {

struct OwnChild {
  std::string program;   // a path
  std::string argument;  // what run_as_own_child() is for there
  std::chrono::milliseconds time_max{0};
  std::size_t output_bytes_max = 0;
  std::string_view what;      // "read the logo", for errors
  std::string_view too_much;  // for people, when the child breaks or passes a limit
};

// What the child made of the file. invalid_input with the child's reason, or with `too_much`; retry_later when it
// cannot be started. Safe from several threads.
Result<Bytes> ask_own_child(const OwnChild& child, BytesView file);

struct OwnChildLimits {
  std::size_t memory_bytes_max = 0;  // of its data; the program itself comes on top
  std::chrono::seconds cpu_max{0};
  std::chrono::seconds time_max{0};  // for the file to come
  std::size_t input_bytes_max = 0;
};

// The other side: limits this process for good (memory, time, no files; it ends with its parent), reads a file from
// standard input and writes what `work` makes of it, or its error's message, to standard output. Returns the exit
// code.
int run_as_own_child(const OwnChildLimits& limits, const std::function<Result<Bytes>(BytesView)>& work);

}  // namespace postroom::child_process
