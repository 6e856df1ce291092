// Zip archives as the print house takes them: stored, flat, the same bytes for the same letters. Where letters are
// printed at hand, the same calls make one PDF of them (adapters/pdf_batch).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::ports {

// Writes one archive to a local file as the entries come; memory is the names, not the contents. An archive that
// was not finished is removed with the object. Not thread-safe. Errors: invalid_input for a name that is empty,
// has a "/" or was added before; retry_later for a full disk.
class ZipWriter {
 public:
  virtual ~ZipWriter() = default;
  // What the file is called where it goes, for those that show it inside. Called before the first add(), or not.
  virtual void set_name(std::string_view) {}
  virtual Result<void> add(std::string_view name, BytesView content) = 0;
  // Completes the file and gives its size. Nothing may be added afterwards.
  virtual Result<std::uint64_t> finish() = 0;
  // What the file would measure if finished now.
  virtual std::uint64_t size() const = 0;
};

struct ZipEntry {
  std::string name;
  std::uint64_t size = 0;
  std::uint64_t size_stored = 0;
  bool is_stored = false;           // not compressed
  std::uint8_t made_by_system = 0;  // 0 is DOS
};

// Not thread-safe.
class ZipReader {
 public:
  virtual ~ZipReader() = default;
  // In the order of the archive's directory; names may repeat in an ill-made archive.
  virtual const std::vector<ZipEntry>& entries() const = 0;
  // The content of a stored entry, checked against its checksum: corrupt when it differs; rejected when it is
  // compressed or larger than `bytes_max`.
  virtual Result<Bytes> read(std::size_t index, std::uint64_t bytes_max) = 0;
};

// Starts a new archive at a local path, replacing a file there.
using ZipCreator = std::function<Result<std::unique_ptr<ZipWriter>>(const std::string& path)>;
// Opens an archive; corrupt when it is not a whole zip file.
using ZipOpener = std::function<Result<std::unique_ptr<ZipReader>>(const std::string& path)>;

}  // namespace postroom::ports
