#include "adapters/sftp/sftp_client.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "adapters/sftp/ssh_connection.h"

namespace postroom::sftp {
namespace {

enum Type : std::uint8_t {
  kInit = 1,
  kVersion = 2,
  kOpen = 3,
  kClose = 4,
  kRead = 5,
  kWrite = 6,
  kOpenFolder = 11,
  kReadFolder = 12,
  kRemove = 13,
  kStat = 17,
  kRename = 18,
  kStatus = 101,
  kHandle = 102,
  kData = 103,
  kName = 104,
  kAttributes = 105,
  kExtended = 200,
};
enum Status : std::uint32_t { kOk = 0, kEndOfFile = 1, kNoSuchFile = 2, kPermissionDenied = 3, kUnsupported = 8 };
constexpr std::uint32_t kOpenRead = 1;
constexpr std::uint32_t kOpenToReplace = 2 | 8 | 16;  // write, create, truncate
constexpr std::uint32_t kProtocolVersion = 3;
constexpr std::size_t kReadBytes = 32 * 1024;
constexpr std::size_t kAnswerHeadBytes = 1 + 4;  // type, then id or version

void put32(Bytes& out, std::uint64_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}
void put64(Bytes& out, std::uint64_t value) {
  put32(out, value >> 32);
  put32(out, value & 0xFFFFFFFF);
}
void put_string(Bytes& out, BytesView text) {
  put32(out, text.size());
  out += text;
}
Bytes as_string(BytesView text) {
  Bytes out;
  put_string(out, text);
  return out;
}

// Reads what a server sent; past the end everything is zero and ok() false.
class Reader {
 public:
  explicit Reader(BytesView bytes) : rest_(bytes) {}
  std::uint64_t number(std::size_t bytes) {
    if (rest_.size() < bytes) {
      is_ok_ = false;
      rest_ = {};
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(bytes);
    return value;
  }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  BytesView string() {
    std::size_t length = u32();
    if (rest_.size() < length) {
      is_ok_ = false;
      rest_ = {};
      return {};
    }
    BytesView text = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return text;
  }
  bool ok() const { return is_ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  BytesView rest_;
  bool is_ok_ = true;
};

struct Attributes {
  std::uint64_t size = 0;
  std::uint32_t mode = 0;
  std::uint32_t modified_at = 0;
  bool has_size = false;
  bool is_file() const { return mode == 0 || S_ISREG(mode); }
};

Attributes read_attributes(Reader& reader) {
  Attributes attributes;
  std::uint32_t flags = reader.u32();
  if ((flags & 1) != 0) {
    attributes.size = reader.number(8);
    attributes.has_size = true;
  }
  if ((flags & 2) != 0) reader.number(8);  // user and group
  if ((flags & 4) != 0) attributes.mode = reader.u32();
  if ((flags & 8) != 0) {
    reader.u32();  // last read
    attributes.modified_at = reader.u32();
  }
  if ((flags & 0x80000000) != 0) {
    std::uint32_t pairs = reader.u32();
    for (std::uint32_t i = 0; i < pairs && reader.ok(); ++i) {
      reader.string();
      reader.string();
    }
  }
  return attributes;
}

ports::RemoteFile remote_file(BytesView name, const Attributes& attributes) {
  return {std::string(name), attributes.size, UtcTime{std::chrono::seconds(attributes.modified_at)}};
}

Error garbled() { return {ErrorKind::retry_later, "the server does not speak SFTP version 3 properly"}; }

Error status_error(std::uint32_t status, BytesView words, std::string_view what) {
  switch (status) {
    case kNoSuchFile: return {ErrorKind::not_found, fmt::format("{}: there is no such file or folder", what)};
    case kPermissionDenied:
      return {ErrorKind::rejected,
              fmt::format("{}: permission denied; ask the print house to let our user read and write there", what)};
    case kUnsupported: return {ErrorKind::rejected, fmt::format("{}: the server cannot do that", what)};
    default:
      // Version 3 has one number for a full disk, a quota and everything else.
      return {ErrorKind::retry_later, fmt::format("{}: the server failed ({}); its disk may be full", what,
                                                  words.empty() ? "no reason" : words)};
  }
}

class LocalFile {
 public:
  explicit LocalFile(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~LocalFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  LocalFile(const LocalFile&) = delete;
  LocalFile& operator=(const LocalFile&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

Result<SftpClient> SftpClient::start(SshConnection& connection) {
  SftpClient client(connection);
  Bytes hello;
  put32(hello, 5);
  hello += static_cast<char>(kInit);
  put32(hello, kProtocolVersion);
  POSTROOM_CHECK(connection.write(hello));
  POSTROOM_TRY(packet, client.receive_packet());
  if (packet.size() < kAnswerHeadBytes) return fail(garbled());
  Reader reader(packet);
  if (reader.number(1) != kVersion || reader.u32() < kProtocolVersion || !reader.ok()) return fail(garbled());
  while (reader.ok() && !reader.at_end()) {
    BytesView name = reader.string();
    reader.string();
    if (name == "posix-rename@openssh.com") client.has_posix_rename_ = true;
  }
  return client;
}

Result<Bytes> SftpClient::receive_packet() {
  while (true) {
    BytesView available = BytesView(received_).substr(consumed_);
    if (available.size() >= 4) {
      std::size_t length = Reader(available).u32();
      if (length == 0 || length > kPacketBytesMax) return fail(garbled());
      if (available.size() - 4 >= length) {
        Bytes packet(available.substr(4, length));
        consumed_ += 4 + length;
        return packet;
      }
    }
    received_.erase(0, consumed_);
    consumed_ = 0;
    std::size_t before = received_.size();
    received_.resize(before + kReadBytes);
    auto count = connection_.read(received_.data() + before, kReadBytes);
    received_.resize(before + (count ? *count : 0));
    if (!count) return fail(std::move(count).error());
  }
}

Result<SftpClient::Answer> SftpClient::receive() {
  POSTROOM_TRY(packet, receive_packet());
  if (packet.size() < kAnswerHeadBytes) return fail(garbled());
  Reader head(packet);
  Answer answer;
  answer.type = static_cast<std::uint8_t>(head.number(1));
  answer.id = head.u32();
  answer.body = packet.substr(kAnswerHeadBytes);
  return answer;
}

Result<SftpClient::Answer> SftpClient::ask(std::uint8_t type, BytesView body, std::string_view what) {
  Bytes packet;
  packet.reserve(9 + body.size());
  put32(packet, 5 + body.size());
  packet += static_cast<char>(type);
  std::uint32_t id = next_id_++;
  put32(packet, id);
  packet += body;
  POSTROOM_CHECK(connection_.write(packet));
  POSTROOM_TRY(answer, receive());
  if (answer.id != id) return fail(garbled());
  if (answer.type == kStatus) {
    Reader reader(answer.body);
    std::uint32_t status = reader.u32();
    if (!reader.ok()) return fail(garbled());
    // The end of a file or folder is an answer, not trouble.
    if (status != kOk && status != kEndOfFile) return fail(status_error(status, reader.string(), what));
  }
  return answer;
}

Result<Bytes> SftpClient::open(const std::string& path, std::uint32_t flags) {
  Bytes body = as_string(path);
  put32(body, flags);
  put32(body, 0);  // no attributes
  POSTROOM_TRY(answer, ask(kOpen, body, "open " + path));
  Reader reader(answer.body);
  Bytes handle(reader.string());
  if (answer.type != kHandle || !reader.ok()) return fail(garbled());
  return handle;
}

Result<void> SftpClient::close(BytesView handle) {
  POSTROOM_CHECK(ask(kClose, as_string(handle), "close the file"));
  return {};
}

Result<std::uint64_t> SftpClient::put(const std::string& path, const std::string& local_path,
                                      const std::function<bool(std::uint64_t)>& progress) {
  LocalFile local(local_path);
  if (local.descriptor() < 0) {
    return fail(ErrorKind::not_found,
                fmt::format("cannot open {}: {}", local_path, std::generic_category().message(errno)));
  }
  POSTROOM_TRY(handle, open(path, kOpenToReplace));
  std::uint64_t sent = 0;
  POSTROOM_CHECK(write_file(handle, local.descriptor(), local_path, progress, sent));
  POSTROOM_CHECK(close(handle));
  return sent;
}

Result<void> SftpClient::take_write_answer(std::uint32_t first_id, std::string_view what) {
  POSTROOM_TRY(answer, receive());
  if (answer.type != kStatus || answer.id < first_id || answer.id >= next_id_) return fail(garbled());
  Reader reader(answer.body);
  std::uint32_t status = reader.u32();
  if (status != kOk || !reader.ok()) return fail(status_error(status, reader.string(), what));
  return {};
}

Result<void> SftpClient::write_file(BytesView handle, int descriptor, const std::string& local_path,
                                    const std::function<bool(std::uint64_t)>& progress, std::uint64_t& sent) {
  const std::uint32_t first_id = next_id_;
  std::size_t in_flight = 0;
  Bytes packets;
  packets.reserve(kWritesPerSend * (kWriteBytes + 64 + handle.size()));
  Bytes block(kWriteBytes, '\0');
  Result<void> outcome;
  for (bool at_end = false; !at_end && outcome;) {
    packets.clear();
    for (std::size_t i = 0; i < kWritesPerSend; ++i) {
      ssize_t count = ::read(descriptor, block.data(), block.size());
      if (count < 0) {
        outcome = fail(ErrorKind::retry_later,
                       fmt::format("cannot read {}: {}", local_path, std::generic_category().message(errno)));
      }
      at_end = count <= 0;
      if (at_end) break;
      auto bytes = static_cast<std::size_t>(count);
      put32(packets, 1 + 4 + 4 + handle.size() + 8 + 4 + bytes);
      packets += static_cast<char>(kWrite);
      put32(packets, next_id_++);
      put_string(packets, handle);
      put64(packets, sent);
      put_string(packets, BytesView(block).substr(0, bytes));
      sent += bytes;
      ++in_flight;
    }
    POSTROOM_CHECK(connection_.write(packets));
    for (; outcome && in_flight + kWritesPerSend > kWritesInFlightMax; --in_flight) {
      outcome = take_write_answer(first_id, "write the file");
    }
    if (outcome && progress && !progress(sent)) {
      outcome = fail(ErrorKind::retry_later, fmt::format("the transfer was given up after {} bytes", sent));
    }
  }
  // The answers still under way must not be taken for those of the next request. A failed wait above has
  // broken the connection, and then these fail at once.
  for (; in_flight > 0; --in_flight) {
    auto answered = take_write_answer(first_id, "write the file");
    if (!answered && outcome) outcome = std::move(answered);
  }
  return outcome;
}

Result<Bytes> SftpClient::get(const std::string& path, std::uint64_t bytes_max) {
  POSTROOM_TRY(handle, open(path, kOpenRead));
  Bytes content;
  while (true) {
    Bytes body = as_string(handle);
    put64(body, content.size());
    put32(body, kReadBytes);
    POSTROOM_TRY(answer, ask(kRead, body, "read " + path));
    if (answer.type == kStatus) break;
    Reader reader(answer.body);
    BytesView data = reader.string();
    if (answer.type != kData || !reader.ok() || data.empty()) return fail(garbled());
    if (data.size() > bytes_max - content.size()) {
      return fail(ErrorKind::rejected, fmt::format("{} is larger than the {} bytes allowed", path, bytes_max));
    }
    content += data;
  }
  POSTROOM_CHECK(close(handle));
  return content;
}

Result<ports::RemoteFile> SftpClient::stat(const std::string& path) {
  POSTROOM_TRY(answer, ask(kStat, as_string(path), "look at " + path));
  Reader reader(answer.body);
  Attributes attributes = read_attributes(reader);
  if (answer.type != kAttributes || !reader.ok() || !attributes.has_size) return fail(garbled());
  if (!attributes.is_file()) return fail(ErrorKind::not_found, path + " is not a file");
  return remote_file("", attributes);
}

Result<std::vector<ports::RemoteFile>> SftpClient::list(const std::string& path) {
  POSTROOM_TRY(opened, ask(kOpenFolder, as_string(path), "list " + path));
  Reader opened_reader(opened.body);
  Bytes handle(opened_reader.string());
  if (opened.type != kHandle || !opened_reader.ok()) return fail(garbled());
  std::vector<ports::RemoteFile> files;
  while (true) {
    POSTROOM_TRY(answer, ask(kReadFolder, as_string(handle), "list " + path));
    if (answer.type == kStatus) break;
    Reader reader(answer.body);
    std::uint32_t count = reader.u32();
    if (answer.type != kName) return fail(garbled());
    for (std::uint32_t i = 0; i < count; ++i) {
      BytesView name = reader.string();
      reader.string();  // the line as ls -l shows it
      Attributes attributes = read_attributes(reader);
      if (!reader.ok()) return fail(garbled());
      if (!attributes.is_file()) continue;
      if (files.size() == kFilesMax) {
        return fail(ErrorKind::rejected, fmt::format("{} holds more than {} files: clear it up", path, kFilesMax));
      }
      files.push_back(remote_file(name, attributes));
    }
  }
  POSTROOM_CHECK(close(handle));
  return files;
}

Result<void> SftpClient::rename(const std::string& from, const std::string& to) {
  std::string what = fmt::format("rename {} to {}", from, to);
  Bytes body;
  if (has_posix_rename_) put_string(body, "posix-rename@openssh.com");
  put_string(body, from);
  put_string(body, to);
  if (!has_posix_rename_) {
    // The plain rename refuses an existing target.
    auto removed = remove(to);
    if (!removed && removed.error().kind != ErrorKind::not_found) return removed;
  }
  POSTROOM_CHECK(ask(has_posix_rename_ ? kExtended : kRename, body, what));
  return {};
}

Result<void> SftpClient::remove(const std::string& path) {
  POSTROOM_CHECK(ask(kRemove, as_string(path), "remove " + path));
  return {};
}

}  // namespace postroom::sftp
