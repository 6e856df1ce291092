#include "adapters/filesystem/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace postroom::filesystem {
namespace {

// What a person does about it; empty when the system's words say it all.
struct Cause {
  ErrorKind kind;
  std::string_view remedy;
};

Cause cause_of(int errno_value) {
  switch (errno_value) {
    case ENOENT: return {ErrorKind::not_found, ""};
    case EACCES:
    case EPERM: return {ErrorKind::rejected, "give the user that runs postroom read and write permission there"};
    case EROFS: return {ErrorKind::rejected, "the file system is mounted read-only; remount it for writing"};
    case ENOSPC: return {ErrorKind::retry_later, "free some disk space"};
    case EDQUOT: return {ErrorKind::retry_later, "raise the disk quota or free some space"};
    case EMFILE:
    case ENFILE: return {ErrorKind::retry_later, "raise the limit of open files (ulimit -n)"};
    case ENOTDIR:
    case EISDIR: return {ErrorKind::conflict, "a file and a folder want the same name; move one away"};
    case ENAMETOOLONG:
    case ELOOP: return {ErrorKind::invalid_input, ""};
    case EIO: return {ErrorKind::retry_later, "the disk reports an error; check it"};
    default: return {ErrorKind::retry_later, ""};
  }
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

Error file_error(int errno_value, std::string_view verb, const std::string& path) {
  Cause cause = cause_of(errno_value);
  std::string message = fmt::format("cannot {} {}: {}", verb, path, std::generic_category().message(errno_value));
  if (!cause.remedy.empty()) message += fmt::format("; {}", cause.remedy);
  return {cause.kind, std::move(message)};
}

std::string folder_of(const std::string& path) {
  auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<Bytes> read_file(const std::string& path, std::uint64_t bytes_max) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return fail(file_error(errno, "open", path));
  struct stat info{};
  if (::fstat(file.number(), &info) != 0) return fail(file_error(errno, "stat", path));
  if (!S_ISREG(info.st_mode)) return fail(file_error(EISDIR, "read", path));
  auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > bytes_max) {
    return fail(ErrorKind::rejected,
                fmt::format("{} has {} bytes, more than the {} allowed", path, size, bytes_max));
  }
  Bytes content(size, '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    ssize_t count = ::read(file.number(), content.data() + done, content.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(file_error(errno, "read", path));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  content.resize(done);
  return content;
}

Result<void> write_all(int descriptor, BytesView content, const std::string& path) {
  while (!content.empty()) {
    ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(file_error(errno, "write", path));
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> sync_folder(const std::string& path) {
  FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return fail(file_error(errno, "open", path));
  // Some network file systems cannot sync a folder and say EINVAL; they sync renames by themselves.
  if (::fsync(folder.number()) != 0 && errno != EINVAL) return fail(file_error(errno, "sync", path));
  return {};
}

Result<void> make_folders(const std::string& path, unsigned mode) {
  std::vector<std::string> missing;
  for (std::string at = path; ::mkdir(at.c_str(), static_cast<mode_t>(mode)) != 0; at = folder_of(at)) {
    if (errno == EEXIST) {
      struct stat info{};
      if (::stat(at.c_str(), &info) != 0) return fail(file_error(errno, "stat", at));
      if (!S_ISDIR(info.st_mode)) return fail(file_error(ENOTDIR, "make folder", at));
      if (missing.empty()) return {};
      break;
    }
    if (errno != ENOENT || folder_of(at) == at) return fail(file_error(errno, "make folder", at));
    missing.push_back(at);
  }
  for (auto folder = missing.rbegin(); folder != missing.rend(); ++folder) {
    if (::mkdir(folder->c_str(), static_cast<mode_t>(mode)) != 0 && errno != EEXIST) {
      return fail(file_error(errno, "make folder", *folder));
    }
    POSTROOM_CHECK(sync_folder(folder_of(*folder)));
  }
  return sync_folder(folder_of(missing.empty() ? path : missing.back()));
}

Result<void> write_file_durably(const std::string& path, BytesView content, unsigned mode) {
  POSTROOM_TRY(file, TempFile::create(folder_of(path), mode));
  POSTROOM_CHECK(file.write(content));
  return std::move(file).move_to(path);
}

Result<TempFile> TempFile::create(const std::string& folder, unsigned mode) {
  std::string path = fmt::format("{}/{}XXXXXX", folder, kPrefix);
  FileDescriptor file(::mkostemp(path.data(), O_CLOEXEC));
  if (!file.is_open()) return fail(file_error(errno, "make a file in", folder));
  if (mode != 0600 && ::fchmod(file.number(), static_cast<mode_t>(mode)) != 0) {
    int cause = errno;
    ::unlink(path.c_str());
    return fail(file_error(cause, "set the mode of", path));
  }
  return TempFile(std::move(file), std::move(path));
}

TempFile::TempFile(TempFile&& other) noexcept
    : file_(std::move(other.file_)), path_(std::exchange(other.path_, {})) {}

TempFile::~TempFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Result<void> TempFile::move_to(const std::string& path) && {
  if (::fsync(file_.number()) != 0) return fail(file_error(errno, "sync", path_));
  if (::rename(path_.c_str(), path.c_str()) != 0) return fail(file_error(errno, "write", path));
  path_.clear();
  return sync_folder(folder_of(path));
}

}  // namespace postroom::filesystem
