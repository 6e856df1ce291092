#include "adapters/sqlite/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace postroom::sqlite {
namespace {

constexpr int kOwnerOnly = 0600;

// What the holder wrote: its process number.
std::string holder_of(int descriptor) {
  char text[32];
  ssize_t size = pread(descriptor, text, sizeof text, 0);
  return size > 0 ? std::string(trim(std::string_view(text, static_cast<std::size_t>(size)))) : "unknown";
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (descriptor < 0) {
    return fail(ErrorKind::invalid_input, "cannot write " + path + ": " + std::generic_category().message(errno) +
                                              "; let postroom's user write in that folder, or choose another");
  }
  FileLock lock(descriptor);
  // flock, not fcntl: the latter is dropped when any descriptor of the file is closed.
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::conflict, "another postroom (process " + holder_of(descriptor) +
                                         ") has it open: stop that one, or use another data folder");
  }
  const std::string number = std::to_string(getpid()) + "\n";
  if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, number.data(), number.size(), 0) < 0) {
    return fail(ErrorKind::retry_later, "cannot write " + path + ": " + std::generic_category().message(errno));
  }
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace postroom::sqlite
