#include "adapters/filesystem/local_print_folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "adapters/filesystem/file.h"

namespace postroom::filesystem {

Result<void> LocalPrintFolder::upload(std::string_view, std::string_view name, const std::string& local_path,
                                      const std::function<bool(std::uint64_t)>& progress) {
  return files_.upload(kMaking, name, local_path, progress);
}

Result<void> LocalPrintFolder::publish(std::string_view folder, std::string_view name) {
  auto waiting = files_.stat(kMaking, name);
  if (!waiting && waiting.error().kind == ErrorKind::not_found) return {};
  if (!waiting) return fail(std::move(waiting).error());
  const std::string from = fmt::format("{}/{}/{}", files_.description(), kMaking, name);
  const std::string to = fmt::format("{}/{}/{}", files_.description(), folder, name);
  POSTROOM_CHECK(make_folders(folder_of(to), 0755));
  if (::rename(from.c_str(), to.c_str()) != 0) {
    // Another process published it in between.
    if (errno == ENOENT) return {};
    return fail(file_error(errno, "write", to));
  }
  POSTROOM_CHECK(sync_folder(folder_of(to)));
  return sync_folder(folder_of(from));
}

Result<ports::RemoteFile> LocalPrintFolder::stat(std::string_view folder, std::string_view name) {
  auto waiting = files_.stat(kMaking, name);
  if (waiting || waiting.error().kind != ErrorKind::not_found) return waiting;
  return files_.stat(folder, name);
}

}  // namespace postroom::filesystem
