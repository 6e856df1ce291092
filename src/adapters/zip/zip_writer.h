// A zip writer for contents that are compressed already.
#pragma once

#include <string>
#include <unordered_set>

#include "ports/zip_writer.h"

namespace postroom::zip {

// Entries are stored, dated 1980-01-01, said to be made by DOS, with sizes and checksum before the data. Zip64
// records appear only where the plain ones are too small: 65,535 entries or 4 GiB.
class StoredZipWriter final : public ports::ZipWriter {
 public:
  static Result<std::unique_ptr<ports::ZipWriter>> create(const std::string& path);
  ~StoredZipWriter() override;
  StoredZipWriter(const StoredZipWriter&) = delete;
  StoredZipWriter& operator=(const StoredZipWriter&) = delete;

  Result<void> add(std::string_view name, BytesView content) override;
  Result<std::uint64_t> finish() override;
  std::uint64_t size() const override;

 private:
  StoredZipWriter(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

  bool needs_end64() const;
  Result<void> write(BytesView bytes);
  Result<void> flush();

  int descriptor_;
  std::string path_;
  Bytes buffer_;              // headers and small contents that wait for one larger write
  Bytes directory_;           // central directory so far
  std::uint64_t offset_ = 0;  // bytes of local headers and contents
  std::unordered_set<std::string> names_;
  bool is_broken_ = false;  // a write failed: the file is of no use
  bool is_finished_ = false;
};

}  // namespace postroom::zip
