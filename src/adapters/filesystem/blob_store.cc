#include "adapters/filesystem/blob_store.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <vector>

#include "adapters/filesystem/file.h"
#include "base/text.h"

namespace postroom::filesystem {
namespace {

// Temporary files share the root's file system but not its buckets: clearing up reads one small folder.
constexpr std::string_view kTempFolder = ".tmp";
// A put takes seconds; anything older was left by a crash and not by another process at work.
constexpr std::time_t kTempFileSecondsMax = 3600;
// A folder that becomes empty is removed and may vanish between making it and moving a file into it.
constexpr int kMoveTriesMax = 1000;
constexpr int kFolderDepthMax = 64;

std::string context_of(ports::Bucket bucket, std::string_view key) {
  return fmt::format("{}/{}", ports::to_string(bucket), key);
}

// Storage trouble must not end a letter for good: what an operator can mend is tried again.
Error storage_error(Error error) {
  if (error.kind != ErrorKind::invalid_input && error.kind != ErrorKind::corrupt)
    error.kind = ErrorKind::retry_later;
  return error;
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

UtcTime modified_at(const struct stat& info) {
  return UtcTime{std::chrono::duration_cast<Duration>(std::chrono::seconds(info.st_mtim.tv_sec) +
                                                      std::chrono::nanoseconds(info.st_mtim.tv_nsec))};
}

bool is_folder(const std::string& path, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat info{};
  return ::lstat((path + "/" + entry.d_name).c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// The names in a folder that start with `start`; those of folders end in "/", so that sorting by name is sorting
// by key. Empty for an absent folder.
Result<std::vector<std::string>> entries_of(const std::string& path, std::string_view start) {
  std::vector<std::string> names;
  std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));
  if (!folder) {
    if (errno == ENOENT || errno == ENOTDIR) return names;
    return fail(storage_error(file_error(errno, "list", path)));
  }
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    std::string_view name = entry->d_name;
    if (name.starts_with('.')) continue;
    std::string full(name);
    if (is_folder(path, *entry)) full += '/';
    if (std::string_view(full).starts_with(start)) names.push_back(std::move(full));
    errno = 0;
  }
  if (errno != 0) return fail(storage_error(file_error(errno, "list", path)));
  std::sort(names.begin(), names.end());
  return names;
}

struct Walk {
  const std::string& bucket_path;
  const std::function<void(const ports::BlobInfo&)>& visit;

  // `folder` is "" or ends in "/".
  Result<void> run(const std::string& folder, std::string_view start, int depth) const {
    if (depth > kFolderDepthMax)
      return fail(ErrorKind::corrupt, "blob folders are nested too deep below " + folder);
    std::string path = folder.empty() ? bucket_path : bucket_path + "/" + folder.substr(0, folder.size() - 1);
    POSTROOM_TRY(names, entries_of(path, start));
    for (const std::string& name : names) {
      if (name.back() == '/') {
        POSTROOM_CHECK(run(folder + name, "", depth + 1));
        continue;
      }
      struct stat info{};
      // A file that is gone by now was removed meanwhile.
      if (::stat((path + "/" + name).c_str(), &info) != 0) continue;
      auto stored = static_cast<std::uint64_t>(info.st_size);
      if (!S_ISREG(info.st_mode) || stored < KeyRing::kOverheadBytes) continue;
      visit({folder + name, stored - KeyRing::kOverheadBytes, modified_at(info)});
    }
    return {};
  }
};

void remove_stale_files(const std::string& folder) {
  std::unique_ptr<DIR, CloseFolder> handle(::opendir(folder.c_str()));
  if (!handle) return;
  std::time_t oldest = std::time(nullptr) - kTempFileSecondsMax;
  while (const dirent* entry = ::readdir(handle.get())) {
    if (!std::string_view(entry->d_name).starts_with(TempFile::kPrefix)) continue;
    std::string path = folder + "/" + entry->d_name;
    struct stat info{};
    if (::lstat(path.c_str(), &info) == 0 && info.st_mtime < oldest) ::unlink(path.c_str());
  }
}

}  // namespace

Result<void> check_blob_key(std::string_view key) {
  auto bad = [&](std::string_view why) {
    return fail(ErrorKind::invalid_input, fmt::format("a blob key {}", why));
  };
  if (key.empty() || key.size() > FilesystemBlobStore::kKeyBytesMax) {
    return bad(fmt::format("has 1 to {} characters, not {}", FilesystemBlobStore::kKeyBytesMax, key.size()));
  }
  std::size_t segment = 0;
  for (std::size_t i = 0; i <= key.size(); ++i) {
    char c = i < key.size() ? key[i] : '/';
    if (c == '/') {
      if (segment == 0) return bad("has no empty part, and no \"/\" at its start or end");
      segment = 0;
      continue;
    }
    if (segment == 0 && c == '.') return bad("has no part that starts with a dot");
    if (!is_ascii_alnum(c) && c != '.' && c != '_' && c != '-') return bad("has letters, digits and ._-/ only");
    if (++segment > FilesystemBlobStore::kKeySegmentBytesMax) {
      return bad(
          fmt::format("has at most {} characters between slashes", FilesystemBlobStore::kKeySegmentBytesMax));
    }
  }
  return {};
}

Result<std::unique_ptr<FilesystemBlobStore>> FilesystemBlobStore::open(std::string root, const KeyRing& ring,
                                                                       Random& random) {
  while (root.size() > 1 && root.back() == '/') root.pop_back();
  std::string temp = fmt::format("{}/{}", root, kTempFolder);
  POSTROOM_CHECK(make_folders(temp));
  remove_stale_files(temp);
  // Trying once at the start tells an operator at once, not at the first letter of the evening.
  POSTROOM_CHECK(TempFile::create(temp));
  return std::unique_ptr<FilesystemBlobStore>(new FilesystemBlobStore(std::move(root), ring, random));
}

std::string FilesystemBlobStore::path_of(ports::Bucket bucket, std::string_view key) const {
  return fmt::format("{}/{}/{}", root_, ports::to_string(bucket), key);
}

Result<void> FilesystemBlobStore::put(ports::Bucket bucket, std::string_view key, BytesView content) {
  POSTROOM_CHECK(check_blob_key(key));
  if (content.size() > kObjectBytesMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} has {} bytes; a blob has at most {}", key, content.size(), kObjectBytesMax));
  }
  std::string path = path_of(bucket, key);
  Bytes sealed = ring_.seal(content, context_of(bucket, key), random_);
  auto file = TempFile::create(fmt::format("{}/{}", root_, kTempFolder));
  if (!file) return fail(storage_error(std::move(file).error()));
  if (auto written = file->write(sealed); !written) return fail(storage_error(std::move(written).error()));
  for (int tries = 1;; ++tries) {
    auto moved = std::move(*file).move_to(path);
    if (moved) return {};
    if (moved.error().kind != ErrorKind::not_found || tries == kMoveTriesMax) {
      return fail(storage_error(std::move(moved).error()));
    }
    // A folder that vanishes while it is made is as well a reason to try again.
    auto made = make_folders(folder_of(path));
    if (!made && made.error().kind != ErrorKind::not_found) return fail(storage_error(std::move(made).error()));
  }
}

Result<Bytes> FilesystemBlobStore::get(ports::Bucket bucket, std::string_view key) {
  POSTROOM_CHECK(check_blob_key(key));
  auto sealed = read_file(path_of(bucket, key), kObjectBytesMax + KeyRing::kOverheadBytes);
  if (!sealed) {
    if (sealed.error().kind == ErrorKind::not_found || sealed.error().kind == ErrorKind::conflict) {
      return fail(ErrorKind::not_found, fmt::format("{} is not in {}", key, ports::to_string(bucket)));
    }
    return fail(storage_error(std::move(sealed).error()));
  }
  auto content = ring_.open(*sealed, context_of(bucket, key));
  if (!content) return fail_in(context_of(bucket, key), std::move(content).error());
  return content;
}

Result<ports::BlobInfo> FilesystemBlobStore::stat(ports::Bucket bucket, std::string_view key) {
  POSTROOM_CHECK(check_blob_key(key));
  std::string path = path_of(bucket, key);
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0 || S_ISDIR(info.st_mode)) {
    if (S_ISDIR(info.st_mode) || errno == ENOENT || errno == ENOTDIR) {
      return fail(ErrorKind::not_found, fmt::format("{} is not in {}", key, ports::to_string(bucket)));
    }
    return fail(storage_error(file_error(errno, "stat", path)));
  }
  auto stored = static_cast<std::uint64_t>(info.st_size);
  if (stored < KeyRing::kOverheadBytes) {
    return fail(ErrorKind::corrupt, fmt::format("{} is cut short; restore it from a backup", path));
  }
  return ports::BlobInfo{std::string(key), stored - KeyRing::kOverheadBytes, modified_at(info)};
}

Result<void> FilesystemBlobStore::list(ports::Bucket bucket, std::string_view prefix,
                                       const std::function<void(const ports::BlobInfo&)>& visit) {
  auto slash = prefix.rfind('/');
  std::string folder(slash == std::string_view::npos ? "" : prefix.substr(0, slash + 1));
  if (!folder.empty()) POSTROOM_CHECK(check_blob_key(folder.substr(0, folder.size() - 1)));
  std::string bucket_path = fmt::format("{}/{}", root_, ports::to_string(bucket));
  return Walk{bucket_path, visit}.run(folder, prefix.substr(folder.size()), 0);
}

Result<void> FilesystemBlobStore::remove(ports::Bucket bucket, std::string_view key) {
  POSTROOM_CHECK(check_blob_key(key));
  std::string path = path_of(bucket, key);
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR) return {};
    return fail(storage_error(file_error(errno, "remove", path)));
  }
  // Day folders would pile up; one that holds something else stays.
  std::string folder = folder_of(path);
  for (auto at = key.rfind('/'); at != std::string_view::npos; at = key.rfind('/')) {
    if (::rmdir(folder.c_str()) != 0) break;
    folder = folder_of(folder);
    key = key.substr(0, at);
  }
  auto synced = sync_folder(folder);
  if (!synced && synced.error().kind != ErrorKind::not_found) return fail(storage_error(std::move(synced).error()));
  return {};
}

}  // namespace postroom::filesystem
