// A print house that shares a folder with us: a network share, or the stub print house in tests and demos.
#pragma once

#include <string>

#include "ports/print_drop.h"

namespace postroom::filesystem {

// The root must exist, so that an unmounted share is noticed; folders below it are made when a file is uploaded.
// Safe from several threads.
class FolderPrintDrop final : public ports::PrintDrop {
 public:
  explicit FolderPrintDrop(std::string root) : root_(std::move(root)) {}

  std::string description() const override { return root_; }
  Result<void> upload(std::string_view folder, std::string_view name, const std::string& local_path,
                      const std::function<bool(std::uint64_t)>& progress) override;
  Result<ports::RemoteFile> stat(std::string_view folder, std::string_view name) override;
  Result<std::vector<ports::RemoteFile>> list(std::string_view folder) override;
  Result<Bytes> fetch(std::string_view folder, std::string_view name, std::uint64_t bytes_max) override;

 private:
  Result<std::string> folder_path(std::string_view folder) const;
  Result<std::string> file_path(std::string_view folder, std::string_view name) const;

  std::string root_;
};

}  // namespace postroom::filesystem
