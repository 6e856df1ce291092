// Whole-file reads and writes that survive a crash. Errors name the path and the remedy: not_found;
// rejected for missing permission or a read-only file system; retry_later for a full disk and the like.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::filesystem {

// Closes on destruction. Not thread-safe.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor();

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// The Error for `errno_value` after trying to `verb` ("write", "open") `path`.
Error file_error(int errno_value, std::string_view verb, const std::string& path);

// rejected when the file is larger than `bytes_max`.
Result<Bytes> read_file(const std::string& path, std::uint64_t bytes_max);
// Writes everything, across short writes and signals.
Result<void> write_all(int descriptor, BytesView content, const std::string& path);
// Replaces `path` by a file with this content, whole or not at all, on disk when it returns. The folder must
// exist.
Result<void> write_file_durably(const std::string& path, BytesView content, unsigned mode = 0600);
// Makes `path` and the missing folders above it, on disk when it returns.
Result<void> make_folders(const std::string& path, unsigned mode = 0700);
// Makes renames and removals inside the folder durable.
Result<void> sync_folder(const std::string& path);
// "." for a bare name.
std::string folder_of(const std::string& path);

// A new file of a random name that disappears with the object unless it was moved to its final name.
// Not thread-safe.
class TempFile {
 public:
  // Made in `folder`, which must exist. The name starts with kPrefix, which no blob or print file has.
  static constexpr std::string_view kPrefix = ".tmp-";
  static Result<TempFile> create(const std::string& folder, unsigned mode = 0600);

  TempFile(TempFile&& other) noexcept;
  TempFile& operator=(TempFile&&) = delete;
  ~TempFile();

  const std::string& path() const { return path_; }
  int descriptor() const { return file_.number(); }
  Result<void> write(BytesView content) { return write_all(file_.number(), content, path_); }
  // Puts content and name on disk, replacing a file at `path`, which must lie on the same file system. On
  // failure `path` is as before, and the file still a temporary one that may be moved elsewhere.
  Result<void> move_to(const std::string& path) &&;

 private:
  TempFile(FileDescriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  FileDescriptor file_;
  std::string path_;  // empty once moved
};

}  // namespace postroom::filesystem
