#include "adapters/pdf_batch/pdf_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/key_ring.h"

namespace postroom::pdf_batch {
namespace {

constexpr std::size_t kBufferBytes = 256 * 1024;
// Offsets in the table have ten digits.
constexpr std::uint64_t kFileBytesMax = 9'999'999'999;
constexpr std::size_t kIdBytes = 16;

Error system_error(const std::string& path) {
  const int cause = errno;
  const bool denied = cause == EACCES || cause == EPERM || cause == EROFS;
  std::string_view remedy = cause == ENOSPC || cause == EDQUOT ? "; free some disk space there"
                            : denied ? "; give the user that runs postroom permission there"
                                     : "";
  return {denied ? ErrorKind::rejected : ErrorKind::retry_later,
          fmt::format("cannot write {}: {}{}", path, std::generic_category().message(cause), remedy)};
}

}  // namespace

Result<std::unique_ptr<PdfFile>> PdfFile::create(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(system_error(path));
  std::unique_ptr<PdfFile> out(new PdfFile(descriptor, path));
  // The four bytes tell transfer programs that the file is no text.
  POSTROOM_CHECK(out->write("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"));
  return out;
}

PdfFile::~PdfFile() {
  ::close(descriptor_);
  if (!is_finished_) ::unlink(path_.c_str());
}

int PdfFile::reserve() {
  offsets_.push_back(0);
  return static_cast<int>(offsets_.size());
}

Result<void> PdfFile::write(BytesView bytes) {
  offset_ += bytes.size();
  if (offset_ > kFileBytesMax)
    return fail(ErrorKind::rejected, "a PDF has at most 10 GB; lower letters.zip_bytes_max");
  if (buffer_.size() + bytes.size() > kBufferBytes) POSTROOM_CHECK(flush());
  if (bytes.size() > kBufferBytes) return write_through(bytes);
  buffer_ += bytes;
  return {};
}

Result<void> PdfFile::write_through(BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error(path_));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> PdfFile::flush() {
  POSTROOM_CHECK(write_through(buffer_));
  buffer_.clear();
  return {};
}

void PdfFile::begin(int number) { offsets_[static_cast<std::size_t>(number - 1)] = offset_; }

Result<void> PdfFile::object(int number, std::string_view body) {
  begin(number);
  return write(fmt::format("{} 0 obj\n{}\nendobj\n", number, body));
}

Result<void> PdfFile::stream(int number, std::string_view dictionary, BytesView data) {
  begin(number);
  POSTROOM_CHECK(write(fmt::format("{} 0 obj\n<< {} /Length {} >>\nstream\n", number, dictionary, data.size())));
  POSTROOM_CHECK(write(data));
  return write("\nendstream\nendobj\n");
}

Result<std::uint64_t> PdfFile::finish(int catalog, int information, std::string_view identity) {
  const std::uint64_t table = offset_;
  POSTROOM_CHECK(write(fmt::format("xref\n0 {}\n0000000000 65535 f \n", offsets_.size() + 1)));
  for (std::uint64_t offset : offsets_) {
    // A number that was reserved and not used is a free object.
    POSTROOM_CHECK(
        write(offset == 0 ? std::string("0000000000 65535 f \n") : fmt::format("{:010} 00000 n \n", offset)));
  }
  const std::string id = to_hex(sha256(identity).substr(0, kIdBytes));
  POSTROOM_CHECK(
      write(fmt::format("trailer\n<< /Size {} /Root {} 0 R /Info {} 0 R /ID [<{}> <{}>] >>\nstartxref\n{}\n%%EOF\n",
                        offsets_.size() + 1, catalog, information, id, id, table)));
  POSTROOM_CHECK(flush());
  is_finished_ = true;
  return offset_;
}

}  // namespace postroom::pdf_batch
