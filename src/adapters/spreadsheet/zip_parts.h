// The parts of a workbook: files in a zip archive in memory (PKWARE APPNOTE 6.3.9), read one block at a time.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::spreadsheet {

class ZipParts {
 public:
  // Takes the next block; an error ends the reading and is handed on.
  using Sink = std::function<Result<void>(BytesView)>;

  // `file` must outlive the parts. invalid_input for what is no whole zip archive, has encrypted parts, or says
  // that a part grows beyond the limits.
  static Result<ZipParts> open(BytesView file);

  bool has(std::string_view name) const { return parts_.find(name) != parts_.end(); }
  // invalid_input when there is no such part, or it does not uncompress to what the archive says of it.
  Result<void> read(std::string_view name, const Sink& sink) const;

 private:
  struct Part {
    std::uint64_t offset = 0;  // of the local header
    std::uint64_t size = 0;
    std::uint64_t size_stored = 0;
    std::uint32_t checksum = 0;
    std::uint16_t method = 0;
  };

  explicit ZipParts(BytesView file) : file_(file) {}
  Result<void> read_directory();
  Result<std::size_t> read_directory_entry(std::size_t at);
  Result<BytesView> stored_bytes(const Part& part) const;

  BytesView file_;
  std::map<std::string, Part, std::less<>> parts_;
};

}  // namespace postroom::spreadsheet
