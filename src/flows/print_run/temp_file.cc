#include "flows/print_run/temp_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace postroom::flows {

Result<TempFile> TempFile::create(const std::string& folder) {
  std::string path = folder + "/postroom-zip-XXXXXX";
  // Mode 0600 by definition.
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) {
    return fail(ErrorKind::retry_later,
                fmt::format("cannot create a temporary file in {}: {}; check that the folder exists and has room",
                            folder, std::generic_category().message(errno)));
  }
  ::close(file);
  return TempFile(std::move(path));
}

TempFile::TempFile(TempFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TempFile::~TempFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace postroom::flows
