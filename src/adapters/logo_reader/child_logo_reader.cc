#include "adapters/logo_reader/child_logo_reader.h"

#include "adapters/child_process/own_child.h"
#include "core/logos/logo.h"

namespace postroom::logo_reader {
namespace {

// The picture with its description.
constexpr std::size_t kOutputBytesMax = logos::kPictureBytesMax * 2 + (64U << 10);

}  // namespace

Result<pdf::Picture> ChildLogoReader::read(BytesView file) {
  if (file.size() > logos::kLogoBytesMax) return logos::read_logo(file);  // says how large it may be
  POSTROOM_TRY(picture, child_process::ask_own_child(
                            {.program = program_,
                             .argument = kChildArgument,
                             .time_max = time_max_,
                             .output_bytes_max = kOutputBytesMax,
                             .what = "read the logo",
                             .too_much = "The logo takes too much time or memory to read: make it simpler"},
                            file));
  return pdf::picture_from_bytes(picture);
}

int read_logo_here() {
  return child_process::run_as_own_child({.memory_bytes_max = kChildMemoryMax,
                                          .cpu_max = kChildCpuMax,
                                          .time_max = kChildTimeMax,
                                          .input_bytes_max = logos::kLogoBytesMax},
                                         [](BytesView file) -> Result<Bytes> {
                                           POSTROOM_TRY(picture, logos::read_logo(file));
                                           return pdf::to_bytes(picture);
                                         });
}

}  // namespace postroom::logo_reader
