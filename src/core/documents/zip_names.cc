#include "core/documents/zip_names.h"

#include <algorithm>

namespace postroom::documents {
namespace {

constexpr std::string_view kEndOfDirectory("PK\x05\x06", 4);
constexpr std::string_view kDirectoryEntry("PK\x01\x02", 4);
constexpr std::string_view kLocalHeader("PK\x03\x04", 4);
constexpr std::size_t kEndOfDirectoryBytes = 22;
constexpr std::size_t kDirectoryEntryBytes = 46;
constexpr std::size_t kLocalHeaderBytes = 30;
constexpr std::size_t kCommentBytesMax = 65'535;
constexpr unsigned kStored = 0;

// Little-endian, of 2 or 4 bytes. The caller has checked that they are there.
std::uint32_t number_at(BytesView bytes, std::size_t at, int size) {
  std::uint32_t value = 0;
  for (int i = size - 1; i >= 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

}  // namespace

ZipNames::ZipNames(BytesView zip) : zip_(zip) {
  const std::size_t tail_bytes = std::min(zip.size(), kEndOfDirectoryBytes + kCommentBytesMax);
  const std::size_t tail_at = zip.size() - tail_bytes;
  const auto found = zip.substr(tail_at).rfind(kEndOfDirectory);
  if (found == BytesView::npos || tail_bytes - found < kEndOfDirectoryBytes) return;
  const std::size_t end = tail_at + found;
  left_ = std::min(static_cast<int>(number_at(zip, end + 10, 2)), kZipEntriesMax);
  at_ = number_at(zip, end + 16, 4);
}

std::optional<ZipNames::Entry> ZipNames::next() {
  if (left_-- <= 0 || at_ + kDirectoryEntryBytes > zip_.size()) return std::nullopt;
  const BytesView entry = zip_.substr(at_);
  if (!entry.starts_with(kDirectoryEntry)) return std::nullopt;
  const std::uint32_t name_bytes = number_at(entry, 28, 2);
  const std::uint32_t rest_bytes = number_at(entry, 30, 2) + number_at(entry, 32, 2);
  if (kDirectoryEntryBytes + name_bytes > entry.size()) return std::nullopt;
  Entry out{.name = entry.substr(kDirectoryEntryBytes, name_bytes), .stored_content = {}};
  if (number_at(entry, 10, 2) == kStored)
    out.stored_content = stored_content(number_at(entry, 42, 4), number_at(entry, 24, 4));
  at_ += kDirectoryEntryBytes + name_bytes + rest_bytes;
  return out;
}

BytesView ZipNames::stored_content(std::uint64_t at, std::uint64_t size) const {
  if (at + kLocalHeaderBytes > zip_.size() || !zip_.substr(at).starts_with(kLocalHeader)) return {};
  const std::uint64_t content_at =
      at + kLocalHeaderBytes + number_at(zip_, at + 26, 2) + number_at(zip_, at + 28, 2);
  if (content_at + size > zip_.size()) return {};
  return zip_.substr(content_at, size);
}

}  // namespace postroom::documents
