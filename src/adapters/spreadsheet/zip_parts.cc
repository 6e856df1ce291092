#include "adapters/spreadsheet/zip_parts.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <optional>

#include "adapters/spreadsheet/limits.h"

namespace postroom::spreadsheet {
namespace {

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::string_view kEndSignature("PK\x05\x06", 4);
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kCentralBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::uint32_t kSee64 = 0xFFFFFFFF;
constexpr std::uint16_t kExtra64Id = 1;
constexpr std::uint16_t kFlagEncrypted = 1;
constexpr std::uint16_t kMethodStored = 0;
constexpr std::uint16_t kMethodDeflated = 8;
constexpr std::size_t kBlockBytes = 64 * 1024;

std::uint64_t get(BytesView bytes, std::size_t offset, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return value;
}
std::uint16_t get16(BytesView bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(get(bytes, offset, 2));
}
std::uint32_t get32(BytesView bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(get(bytes, offset, 4));
}

tl::unexpected<Error> damaged() {
  return fail(ErrorKind::invalid_input,
              "The workbook is damaged: open it in your spreadsheet program, save it again and try once more");
}

std::uint32_t checksum_of(std::uint32_t so_far, BytesView bytes) {
  return static_cast<std::uint32_t>(
      ::crc32_z(so_far, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

// Frees zlib's memory on every way out.
class Inflater {
 public:
  explicit Inflater(BytesView input) {
    // zlib reads through a pointer to non-const and does not write.
    stream_.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<unsigned>(input.size());
    ready_ = ::inflateInit2(&stream_, -MAX_WBITS) == Z_OK;
  }
  ~Inflater() {
    if (ready_) ::inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // The next block, empty at the end; nothing when the data is damaged.
  std::optional<BytesView> next() {
    if (!ready_) return std::nullopt;
    if (done_) return BytesView();
    stream_.next_out = reinterpret_cast<unsigned char*>(block_.data());
    stream_.avail_out = kBlockBytes;
    int outcome = ::inflate(&stream_, Z_NO_FLUSH);
    std::size_t made = kBlockBytes - stream_.avail_out;
    if (outcome == Z_STREAM_END) {
      done_ = true;
    } else if (outcome != Z_OK || made == 0) {
      return std::nullopt;
    }
    return BytesView(block_.data(), made);
  }

 private:
  z_stream stream_{};
  std::array<char, kBlockBytes> block_;
  bool ready_ = false;
  bool done_ = false;
};

}  // namespace

Result<ZipParts> ZipParts::open(BytesView file) {
  ZipParts parts(file);
  POSTROOM_CHECK(parts.read_directory());
  return parts;
}

Result<void> ZipParts::read_directory() {
  // A comment may follow the record; the last signature is the one that counts.
  std::size_t end = file_.rfind(kEndSignature);
  if (end == BytesView::npos || file_.size() - end < kEndBytes) return damaged();
  std::size_t count = get16(file_, end + 10);
  std::size_t at = get32(file_, end + 16);
  if (count > kZipEntriesMax)
    return fail(
        ErrorKind::invalid_input,
        fmt::format("The workbook has {} parts, more than the {} that are read: copy the sheet into a new one",
                    count, kZipEntriesMax));
  for (std::size_t i = 0; i < count; ++i) {
    POSTROOM_TRY(next, read_directory_entry(at));
    at = next;
  }
  return {};
}

Result<std::size_t> ZipParts::read_directory_entry(std::size_t at) {
  if (at > file_.size() || file_.size() - at < kCentralBytes || get32(file_, at) != kCentralSignature)
    return damaged();
  BytesView rest = file_.substr(at);
  std::size_t name_bytes = get16(rest, 28);
  std::size_t extra_bytes = get16(rest, 30);
  std::size_t total = kCentralBytes + name_bytes + extra_bytes + get16(rest, 32);
  if (rest.size() < total) return damaged();
  if ((get16(rest, 8) & kFlagEncrypted) != 0)
    return fail(ErrorKind::invalid_input,
                "The workbook is protected by a password: take the password away and save it again");
  Part part{.offset = get32(rest, 42),
            .size = get32(rest, 24),
            .size_stored = get32(rest, 20),
            .checksum = get32(rest, 16),
            .method = get16(rest, 10)};
  BytesView extra = rest.substr(kCentralBytes + name_bytes, extra_bytes);
  while (extra.size() >= 4 && extra.size() - 4 >= get16(extra, 2)) {
    std::size_t length = get16(extra, 2);
    BytesView values = extra.substr(4, get16(extra, 0) == kExtra64Id ? length : 0);
    for (std::uint64_t* field : {&part.size, &part.size_stored, &part.offset}) {
      if (*field != kSee64 || values.size() < 8) continue;
      *field = get(values, 0, 8);
      values.remove_prefix(8);
    }
    extra.remove_prefix(4 + length);
  }
  bool too_dense = part.size > kPartBytesUnjudged && part.size / kPartRatioMax > part.size_stored;
  if (part.size > kPartBytesMax || too_dense)
    return fail(ErrorKind::invalid_input,
                "The workbook grows too large when it is unpacked: copy the rows that you need into a new one");
  parts_.insert_or_assign(std::string(rest.substr(kCentralBytes, name_bytes)), part);
  return at + total;
}

Result<BytesView> ZipParts::stored_bytes(const Part& part) const {
  if (part.offset > file_.size() || file_.size() - part.offset < kLocalBytes) return damaged();
  BytesView local = file_.substr(part.offset);
  if (get32(local, 0) != kLocalSignature) return damaged();
  // Sizes in the local header may be absent; the directory's count.
  std::size_t skip = kLocalBytes + get16(local, 26) + get16(local, 28);
  if (local.size() < skip || local.size() - skip < part.size_stored) return damaged();
  return local.substr(skip, part.size_stored);
}

Result<void> ZipParts::read(std::string_view name, const Sink& sink) const {
  auto found = parts_.find(name);
  if (found == parts_.end()) return damaged();
  const Part& part = found->second;
  POSTROOM_TRY(stored, stored_bytes(part));
  if (part.method == kMethodStored) {
    if (stored.size() != part.size || checksum_of(0, stored) != part.checksum) return damaged();
    return sink(stored);
  }
  if (part.method != kMethodDeflated) return damaged();
  Inflater inflater(stored);
  std::uint64_t size = 0;
  std::uint32_t checksum = 0;
  for (;;) {
    auto block = inflater.next();
    if (!block) return damaged();
    if (block->empty()) break;
    size += block->size();
    if (size > part.size) return damaged();
    checksum = checksum_of(checksum, *block);
    POSTROOM_CHECK(sink(*block));
  }
  if (size != part.size || checksum != part.checksum) return damaged();
  return {};
}

}  // namespace postroom::spreadsheet
