// A zip reader that trusts nothing: every offset is checked, what the directory says must match the entry.
#pragma once

#include <string>

#include "ports/zip_writer.h"

namespace postroom::zip {

class StrictZipReader final : public ports::ZipReader {
 public:
  static constexpr std::uint64_t kDirectoryBytesMax = 512ULL << 20;

  // corrupt for anything that is not a whole archive, has several disks, a comment, or bytes around it.
  static Result<std::unique_ptr<ports::ZipReader>> open(const std::string& path);
  ~StrictZipReader() override;
  StrictZipReader(const StrictZipReader&) = delete;
  StrictZipReader& operator=(const StrictZipReader&) = delete;

  const std::vector<ports::ZipEntry>& entries() const override { return entries_; }
  Result<Bytes> read(std::size_t index, std::uint64_t bytes_max) override;

 private:
  struct Place {
    std::uint64_t offset = 0;  // of the local header
    std::uint32_t checksum = 0;
    std::uint16_t method = 0;
  };
  struct Directory {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t count = 0;
  };

  StrictZipReader(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

  Error corrupt(std::string_view what) const;
  Result<Bytes> bytes_at(std::uint64_t offset, std::uint64_t count) const;
  Result<Directory> find_directory() const;
  Result<Directory> find_directory64(std::uint64_t end) const;
  Result<void> read_directory(const Directory& directory);
  // Reads the entry at `at` in the directory's bytes and moves past it.
  Result<void> read_directory_entry(BytesView bytes, std::size_t& at, std::uint64_t entries_end);

  int descriptor_;
  std::string path_;
  std::uint64_t size_ = 0;
  std::vector<ports::ZipEntry> entries_;
  std::vector<Place> places_;
};

}  // namespace postroom::zip
