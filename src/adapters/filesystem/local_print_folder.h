// A folder from which people print: files appear in it whole, and once only.
#pragma once

#include "adapters/filesystem/folder_print_drop.h"

namespace postroom::filesystem {

// Uploads go to the folder kMaking beside the others, and publish() moves a file to where people take it from. The
// move is one rename: a file that is not in kMaking any more was published, even if it has been taken away since.
// The root must exist, on one file system with the folders below it. Safe from several threads.
class LocalPrintFolder final : public ports::PrintDrop {
 public:
  static constexpr std::string_view kMaking = "being-made";

  explicit LocalPrintFolder(std::string root) : files_(std::move(root)) {}

  std::string description() const override { return files_.description(); }
  Result<void> upload(std::string_view folder, std::string_view name, const std::string& local_path,
                      const std::function<bool(std::uint64_t)>& progress) override;
  Result<void> publish(std::string_view folder, std::string_view name) override;
  // Of a file that is published or about to be.
  Result<ports::RemoteFile> stat(std::string_view folder, std::string_view name) override;
  Result<std::vector<ports::RemoteFile>> list(std::string_view folder) override { return files_.list(folder); }
  Result<Bytes> fetch(std::string_view folder, std::string_view name, std::uint64_t bytes_max) override {
    return files_.fetch(folder, name, bytes_max);
  }

 private:
  FolderPrintDrop files_;
};

}  // namespace postroom::filesystem
