// Reads logos in a process of its own: what a hostile file may break there is lost with it.
#pragma once

#include <chrono>
#include <string>

#include "ports/logo_reader.h"

namespace postroom::logo_reader {

// The argument with which the program does what read_logo_here() does.
inline constexpr const char* kChildArgument = "__read-logo";
inline constexpr std::chrono::seconds kChildCpuMax{5};
inline constexpr std::chrono::seconds kChildTimeMax{20};
// Of its data; the program itself comes on top.
inline constexpr std::size_t kChildMemoryMax = 256U << 20;

class ChildLogoReader final : public ports::LogoReader {
 public:
  // `program` is started with kChildArgument.
  explicit ChildLogoReader(std::string program = "/proc/self/exe",
                           std::chrono::milliseconds time_max = kChildTimeMax)
      : program_(std::move(program)), time_max_(time_max) {}

  Result<pdf::Picture> read(BytesView file) override;

 private:
  std::string program_;
  std::chrono::milliseconds time_max_;
};

// The child: limits itself, reads a file from standard input and writes the picture, or the reason why not, to
// standard output. Returns the exit code.
int read_logo_here();

}  // namespace postroom::logo_reader
