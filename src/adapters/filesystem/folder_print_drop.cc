#include "adapters/filesystem/folder_print_drop.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "adapters/filesystem/file.h"
#include "base/log.h"
#include "base/text.h"

namespace postroom::filesystem {
namespace {

constexpr std::size_t kCopyBytes = 1 << 20;
constexpr std::size_t kFilesMax = 100'000;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// Removes the partial file of an upload that did not end well.
class PartialFile {
 public:
  explicit PartialFile(std::string path) : path_(std::move(path)) {}
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  void keep() { path_.clear(); }

 private:
  std::string path_;
};

ports::RemoteFile remote_file(std::string_view name, const struct stat& info) {
  auto time = std::chrono::seconds(info.st_mtim.tv_sec) + std::chrono::nanoseconds(info.st_mtim.tv_nsec);
  return {std::string(name), static_cast<std::uint64_t>(info.st_size),
          UtcTime{std::chrono::duration_cast<Duration>(time)}};
}

Result<std::uint64_t> copy(int from, const std::string& from_path, int to, const std::string& to_path,
                           const std::function<bool(std::uint64_t)>& progress) {
  Bytes buffer(kCopyBytes, '\0');
  std::uint64_t sent = 0;
  while (true) {
    ssize_t count = ::read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(file_error(errno, "read", from_path));
    if (count == 0) return sent;
    POSTROOM_CHECK(write_all(to, BytesView(buffer).substr(0, static_cast<std::size_t>(count)), to_path));
    sent += static_cast<std::uint64_t>(count);
    if (progress && !progress(sent)) {
      return fail(ErrorKind::retry_later,
                  fmt::format("the transfer to {} was given up after {} bytes", to_path, sent));
    }
  }
}

}  // namespace

Result<std::string> FolderPrintDrop::folder_path(std::string_view folder) const {
  // Without this an unmounted share would look like a print house with nothing to say.
  if (::access(root_.c_str(), F_OK) != 0) {
    return fail(ErrorKind::retry_later,
                fmt::format("the print folder {} is not there: mount the share or make the folder", root_));
  }
  std::string path = root_;
  for (const std::string& part : split(folder, '/')) {
    if (part.empty()) continue;
    if (part.front() == '.' || part.find('\0') != std::string::npos) {
      return fail(ErrorKind::invalid_input, "a print folder has no part that starts with a dot");
    }
    path += "/" + part;
  }
  return path;
}

Result<std::string> FolderPrintDrop::file_path(std::string_view folder, std::string_view name) const {
  if (name.empty() || name.front() == '.' || name.find('/') != std::string_view::npos ||
      name.find('\0') != std::string_view::npos) {
    return fail(ErrorKind::invalid_input, "a print file's name has no \"/\" and does not start with a dot");
  }
  POSTROOM_TRY(path, folder_path(folder));
  return fmt::format("{}/{}", path, name);
}

Result<void> FolderPrintDrop::upload(std::string_view folder, std::string_view name, const std::string& local_path,
                                     const std::function<bool(std::uint64_t)>& progress) {
  POSTROOM_TRY(path, file_path(folder, name));
  FileDescriptor from(::open(local_path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from.is_open()) return fail(file_error(errno, "open", local_path));
  POSTROOM_CHECK(make_folders(folder_of(path), 0755));

  std::string part_path = path + ".part";
  FileDescriptor to(::open(part_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!to.is_open()) return fail(file_error(errno, "write", part_path));
  PartialFile part(part_path);
  POSTROOM_TRY(sent, copy(from.number(), local_path, to.number(), part_path, progress));
  if (::fsync(to.number()) != 0) return fail(file_error(errno, "sync", part_path));
  struct stat written{};
  if (::fstat(to.number(), &written) != 0) return fail(file_error(errno, "stat", part_path));
  if (static_cast<std::uint64_t>(written.st_size) != sent) {
    return fail(ErrorKind::retry_later,
                fmt::format("{} has {} bytes after sending {}", part_path, written.st_size, sent));
  }
  if (::rename(part_path.c_str(), path.c_str()) != 0) return fail(file_error(errno, "write", path));
  part.keep();
  POSTROOM_CHECK(sync_folder(folder_of(path)));

  auto stored = stat(folder, name);
  if (!stored && stored.error().kind == ErrorKind::not_found) {
    log_warning("print_folder.file_gone_after_rename", {{"file", name}});
    return {};
  }
  if (!stored) return fail(std::move(stored).error());
  if (stored->size != sent) {
    return fail(ErrorKind::retry_later, fmt::format("{} has {} bytes after sending {}", path, stored->size, sent));
  }
  return {};
}

Result<ports::RemoteFile> FolderPrintDrop::stat(std::string_view folder, std::string_view name) {
  POSTROOM_TRY(path, file_path(folder, name));
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return fail(file_error(errno, "stat", path));
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::not_found, fmt::format("{} is not a file", path));
  return remote_file(name, info);
}

Result<std::vector<ports::RemoteFile>> FolderPrintDrop::list(std::string_view folder) {
  POSTROOM_TRY(path, folder_path(folder));
  std::vector<ports::RemoteFile> files;
  std::unique_ptr<DIR, CloseFolder> handle(::opendir(path.c_str()));
  if (!handle) {
    if (errno == ENOENT) return files;
    return fail(file_error(errno, "list", path));
  }
  while (const dirent* entry = ::readdir(handle.get())) {
    struct stat info{};
    if (::stat((path + "/" + entry->d_name).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    if (files.size() == kFilesMax) {
      return fail(ErrorKind::rejected, fmt::format("{} holds more than {} files: clear it up", path, kFilesMax));
    }
    files.push_back(remote_file(entry->d_name, info));
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

Result<Bytes> FolderPrintDrop::fetch(std::string_view folder, std::string_view name, std::uint64_t bytes_max) {
  POSTROOM_TRY(path, file_path(folder, name));
  return read_file(path, bytes_max);
}

}  // namespace postroom::filesystem
