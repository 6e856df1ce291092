#include "adapters/zip/zip_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <system_error>

#include "adapters/zip/zip_format.h"

namespace postroom::zip {

Result<std::unique_ptr<ports::ZipReader>> StrictZipReader::open(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    int cause = errno;
    return fail(cause == ENOENT ? ErrorKind::not_found : ErrorKind::rejected,
                fmt::format("cannot open {}: {}", path, std::generic_category().message(cause)));
  }
  std::unique_ptr<StrictZipReader> reader(new StrictZipReader(descriptor, path));
  struct stat info{};
  if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) return fail(reader->corrupt("is no plain file"));
  reader->size_ = static_cast<std::uint64_t>(info.st_size);
  POSTROOM_TRY(directory, reader->find_directory());
  POSTROOM_CHECK(reader->read_directory(directory));
  return std::unique_ptr<ports::ZipReader>(std::move(reader));
}

StrictZipReader::~StrictZipReader() { ::close(descriptor_); }

Error StrictZipReader::corrupt(std::string_view what) const {
  return {ErrorKind::corrupt, fmt::format("the zip file {} {}", path_, what)};
}

Result<Bytes> StrictZipReader::bytes_at(std::uint64_t offset, std::uint64_t count) const {
  if (offset > size_ || count > size_ - offset) return fail(corrupt("is cut short"));
  Bytes bytes(count, '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    ssize_t got = ::pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(ErrorKind::retry_later,
                  fmt::format("cannot read {}: {}", path_, std::generic_category().message(errno)));
    if (got == 0) return fail(corrupt("is cut short"));
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

Result<StrictZipReader::Directory> StrictZipReader::find_directory() const {
  if (size_ < kEndBytes) return fail(corrupt("is too short"));
  std::uint64_t end = size_ - kEndBytes;
  POSTROOM_TRY(record, bytes_at(end, kEndBytes));
  if (get32(record, 0) != kEndSignature || get16(record, 20) != 0) {
    return fail(corrupt("does not end as one without a comment does; the transfer may have been cut"));
  }
  if (get16(record, 4) != 0 || get16(record, 6) != 0 || get16(record, 8) != get16(record, 10)) {
    return fail(corrupt("is part of a set"));
  }
  Directory directory{get32(record, 16), get32(record, 12), get16(record, 10)};
  if (directory.offset == kSee64 || directory.size == kSee64 || directory.count == kCountSee64) {
    POSTROOM_TRY(directory64, find_directory64(end));
    return directory64;
  }
  if (directory.offset + directory.size != end) return fail(corrupt("has bytes around its directory"));
  return directory;
}

Result<StrictZipReader::Directory> StrictZipReader::find_directory64(std::uint64_t end) const {
  if (end < kLocator64Bytes + kEnd64Bytes) return fail(corrupt("lacks its zip64 records"));
  POSTROOM_TRY(locator, bytes_at(end - kLocator64Bytes, kLocator64Bytes));
  std::uint64_t at = end - kLocator64Bytes - kEnd64Bytes;
  POSTROOM_TRY(record, bytes_at(at, kEnd64Bytes));
  if (get32(locator, 0) != kLocator64Signature || get64(locator, 8) != at || get32(record, 0) != kEnd64Signature) {
    return fail(corrupt("lacks its zip64 records"));
  }
  Directory directory{get64(record, 48), get64(record, 40), get64(record, 32)};
  if (directory.offset > at || directory.size != at - directory.offset) {
    return fail(corrupt("has bytes around its directory"));
  }
  return directory;
}

Result<void> StrictZipReader::read_directory(const Directory& directory) {
  if (directory.size > kDirectoryBytesMax || directory.count > kEntriesMax) {
    return fail(corrupt(fmt::format("has more than {} entries", kEntriesMax)));
  }
  POSTROOM_TRY(bytes, bytes_at(directory.offset, directory.size));
  if (directory.count > bytes.size() / kCentralBytes) return fail(corrupt("has a short directory"));
  entries_.reserve(directory.count);
  places_.reserve(directory.count);
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < directory.count; ++i) {
    POSTROOM_CHECK(read_directory_entry(bytes, at, directory.offset));
  }
  if (at != bytes.size()) return fail(corrupt("has bytes behind its directory"));
  return {};
}

Result<void> StrictZipReader::read_directory_entry(BytesView bytes, std::size_t& at, std::uint64_t entries_end) {
  BytesView rest = bytes.substr(at);
  if (rest.size() < kCentralBytes || get32(rest, 0) != kCentralSignature)
    return fail(corrupt("has a damaged directory"));
  std::size_t name_bytes = get16(rest, 28);
  std::size_t extra_bytes = get16(rest, 30);
  std::size_t total = kCentralBytes + name_bytes + extra_bytes + get16(rest, 32);
  if (rest.size() < total) return fail(corrupt("has a damaged directory"));

  ports::ZipEntry entry;
  entry.name = rest.substr(kCentralBytes, name_bytes);
  entry.size_stored = get32(rest, 20);
  entry.size = get32(rest, 24);
  entry.made_by_system = static_cast<std::uint8_t>(rest[5]);
  Place place{get32(rest, 42), get32(rest, 16), get16(rest, 10)};
  entry.is_stored = place.method == kMethodStored;

  BytesView extra = rest.substr(kCentralBytes + name_bytes, extra_bytes);
  while (extra.size() >= 4) {
    std::size_t length = get16(extra, 2);
    if (extra.size() - 4 < length) return fail(corrupt("has a damaged directory"));
    if (get16(extra, 0) == kExtra64Id) {
      BytesView values = extra.substr(4, length);
      // Only the fields that said "see zip64" are there, in this order.
      for (std::uint64_t* field : {&entry.size, &entry.size_stored, &place.offset}) {
        if (*field != kSee64) continue;
        if (values.size() < 8) return fail(corrupt("has a damaged zip64 field"));
        *field = get64(values, 0);
        values.remove_prefix(8);
      }
    }
    extra.remove_prefix(4 + length);
  }
  if (place.offset >= entries_end || entry.size_stored > entries_end - place.offset ||
      (entry.is_stored && entry.size != entry.size_stored)) {
    return fail(corrupt("says an entry lies outside of it"));
  }
  entries_.push_back(std::move(entry));
  places_.push_back(place);
  at += total;
  return {};
}

Result<Bytes> StrictZipReader::read(std::size_t index, std::uint64_t bytes_max) {
  const ports::ZipEntry& entry = entries_.at(index);
  const Place& place = places_.at(index);
  if (!entry.is_stored) {
    return fail(ErrorKind::rejected, fmt::format("{} in {} is compressed; store it", entry.name, path_));
  }
  if (entry.size > bytes_max) {
    return fail(ErrorKind::rejected, fmt::format("{} in {} has {} bytes, more than the {} allowed", entry.name,
                                                 path_, entry.size, bytes_max));
  }
  POSTROOM_TRY(header, bytes_at(place.offset, kLocalBytes));
  if (get32(header, 0) != kLocalSignature || get16(header, 8) != place.method) {
    return fail(corrupt("has a damaged entry " + entry.name));
  }
  std::size_t name_bytes = get16(header, 26);
  POSTROOM_TRY(name, bytes_at(place.offset + kLocalBytes, name_bytes));
  if (name != entry.name)
    return fail(corrupt("calls an entry " + entry.name + " in its directory but not at its place"));
  POSTROOM_TRY(content, bytes_at(place.offset + kLocalBytes + name_bytes + get16(header, 28), entry.size));
  auto checksum = ::crc32_z(0, reinterpret_cast<const unsigned char*>(content.data()), content.size());
  if (checksum != place.checksum) return fail(corrupt("has a wrong checksum for " + entry.name));
  return content;
}

}  // namespace postroom::zip
