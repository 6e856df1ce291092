// A lock file that one process holds while it has the database open.
#pragma once

#include <string>

#include "base/result.h"

namespace postroom::sqlite {

class FileLock {
 public:
  // conflict when another process (or this one, in another place) holds it, with its process number in the
  // message; invalid_input when the file cannot be made.
  static Result<FileLock> take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace postroom::sqlite
