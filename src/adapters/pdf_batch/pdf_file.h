// A PDF that is written as its objects come (ISO 32000-1, 7.5): memory is the table of their places.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::pdf_batch {

// A file that was not finished is removed with the object. Not thread-safe. retry_later for a full disk.
class PdfFile {
 public:
  // Replaces a file at `path`; readable by its owner only.
  static Result<std::unique_ptr<PdfFile>> create(const std::string& path);
  ~PdfFile();
  PdfFile(const PdfFile&) = delete;
  PdfFile& operator=(const PdfFile&) = delete;

  // The number of an object that will be written later. Each must be written once.
  int reserve();
  Result<void> object(int number, std::string_view body);
  // `dictionary` are the entries besides Length; `data` is encoded as they say.
  Result<void> stream(int number, std::string_view dictionary, BytesView data);
  // Writes table and trailer, and gives the size. The file's ID is made of `identity`, so that the same content
  // gives the same file.
  Result<std::uint64_t> finish(int catalog, int information, std::string_view identity);

  std::uint64_t size() const { return offset_; }

 private:
  PdfFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

  Result<void> write(BytesView bytes);
  Result<void> write_through(BytesView bytes);
  Result<void> flush();
  void begin(int number);

  int descriptor_;
  std::string path_;
  Bytes buffer_;
  std::uint64_t offset_ = 0;            // of the file's end, with what is in the buffer
  std::vector<std::uint64_t> offsets_;  // of object n at n - 1; 0: not written yet
  bool is_finished_ = false;
};

}  // namespace postroom::pdf_batch
