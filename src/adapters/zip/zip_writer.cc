#include "adapters/zip/zip_writer.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <system_error>

#include "adapters/zip/zip_format.h"

namespace postroom::zip {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
constexpr std::uint64_t kContentBytesMax = 0x7FFFFFFF;  // one letter; plain 32-bit sizes hold it

Error system_error(std::string_view verb, const std::string& path) {
  int cause = errno;
  bool denied = cause == EACCES || cause == EPERM || cause == EROFS;
  std::string_view remedy = cause == ENOSPC || cause == EDQUOT ? "; free some disk space there"
                            : denied ? "; give the user that runs postroom permission there"
                                     : "";
  return {
      denied ? ErrorKind::rejected : ErrorKind::retry_later,
      fmt::format("cannot {} the zip file {}: {}{}", verb, path, std::generic_category().message(cause), remedy)};
}

Result<void> check_name(std::string_view name) {
  auto is_plain = [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != '\\'; };
  if (name.empty() || name.size() > kNameBytesMax || !std::all_of(name.begin(), name.end(), is_plain)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("a zip entry's name has 1 to {} visible ASCII characters and no slash", kNameBytesMax));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ports::ZipWriter>> StoredZipWriter::create(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(system_error("make", path));
  return std::unique_ptr<ports::ZipWriter>(new StoredZipWriter(descriptor, path));
}

StoredZipWriter::~StoredZipWriter() {
  ::close(descriptor_);
  if (!is_finished_) ::unlink(path_.c_str());
}

Result<void> StoredZipWriter::write(BytesView bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      is_broken_ = true;
      return fail(system_error("write", path_));
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> StoredZipWriter::flush() {
  POSTROOM_CHECK(write(buffer_));
  buffer_.clear();
  return {};
}

Result<void> StoredZipWriter::add(std::string_view name, BytesView content) {
  if (is_finished_ || is_broken_) {
    return fail(ErrorKind::internal, fmt::format("the zip file {} is finished or broken; start a new one", path_));
  }
  POSTROOM_CHECK(check_name(name));
  if (content.size() > kContentBytesMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("{} has {} bytes; a zip entry has at most {}", name, content.size(), kContentBytesMax));
  }
  if (names_.size() == kEntriesMax) {
    return fail(ErrorKind::invalid_input, fmt::format("a zip file has at most {} entries", kEntriesMax));
  }
  if (!names_.emplace(name).second) {
    return fail(ErrorKind::invalid_input, fmt::format("{} is in the zip file already", name));
  }

  auto checksum = ::crc32_z(0, reinterpret_cast<const unsigned char*>(content.data()), content.size());
  bool is_far = offset_ >= kSee64;
  // The fields that the local header and the directory have in common, from "version needed" to "extra length".
  Bytes common;
  put16(common, is_far ? kVersion64 : kVersionPlain);
  put16(common, 0);  // flags
  put16(common, kMethodStored);
  put16(common, kFixedDosTime);
  put16(common, kFixedDosDate);
  put32(common, checksum);
  put32(common, content.size());
  put32(common, content.size());
  put16(common, name.size());

  put32(directory_, kCentralSignature);
  put16(directory_, is_far ? kVersion64 : kVersionPlain);  // made by: the high byte 0 is DOS
  directory_ += common;
  put16(directory_, is_far ? 12 : 0);  // extra length
  put16(directory_, 0);                // comment length
  put16(directory_, 0);                // disk
  put16(directory_, 0);                // internal attributes
  put32(directory_, 0);                // external attributes
  put32(directory_, is_far ? kSee64 : offset_);
  directory_ += name;
  if (is_far) {
    put16(directory_, kExtra64Id);
    put16(directory_, 8);
    put64(directory_, offset_);
  }

  put32(buffer_, kLocalSignature);
  buffer_ += common;
  put16(buffer_, 0);
  buffer_ += name;
  offset_ += kLocalBytes + name.size() + content.size();
  if (content.size() < kBufferBytes) {
    buffer_ += content;
    return buffer_.size() < kBufferBytes ? Result<void>{} : flush();
  }
  POSTROOM_CHECK(flush());
  return write(content);
}

bool StoredZipWriter::needs_end64() const {
  return names_.size() >= kCountSee64 || offset_ >= kSee64 || directory_.size() >= kSee64;
}

std::uint64_t StoredZipWriter::size() const {
  return offset_ + directory_.size() + kEndBytes + (needs_end64() ? kEnd64Bytes + kLocator64Bytes : 0);
}

Result<std::uint64_t> StoredZipWriter::finish() {
  if (is_finished_ || is_broken_) {
    return fail(ErrorKind::internal, fmt::format("the zip file {} is finished or broken; start a new one", path_));
  }
  Bytes end;
  if (needs_end64()) {
    put32(end, kEnd64Signature);
    put64(end, kEnd64Bytes - 12);  // of what follows this field
    put16(end, kVersion64);
    put16(end, kVersion64);
    put32(end, 0);
    put32(end, 0);
    put64(end, names_.size());
    put64(end, names_.size());
    put64(end, directory_.size());
    put64(end, offset_);
    put32(end, kLocator64Signature);
    put32(end, 0);
    put64(end, offset_ + directory_.size());
    put32(end, 1);
  }
  auto count = std::min<std::uint64_t>(names_.size(), kCountSee64);
  put32(end, kEndSignature);
  put16(end, 0);
  put16(end, 0);
  put16(end, count);
  put16(end, count);
  put32(end, std::min<std::uint64_t>(directory_.size(), kSee64));
  put32(end, std::min<std::uint64_t>(offset_, kSee64));
  put16(end, 0);
  POSTROOM_CHECK(flush());
  POSTROOM_CHECK(write(directory_));
  POSTROOM_CHECK(write(end));
  is_finished_ = true;
  return offset_ + directory_.size() + end.size();
}

}  // namespace postroom::zip
