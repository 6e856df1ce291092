// The client side of SFTP version 3 (draft-ietf-secsh-filexfer-02), as far as a print run needs it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ports/print_drop.h"

namespace postroom::sftp {

class SshConnection;

// Paths are as the server takes them. Errors carry the server's own words; not_found and rejected (permission)
// are told apart, all else is retry_later. Not thread-safe; of no use after a retry_later.
class SftpClient {
 public:
  static constexpr std::size_t kWriteBytes = 32 * 1024;  // every server takes these
  static constexpr std::size_t kWritesInFlightMax = 48;  // 1.5 MiB: inside OpenSSH's window of 2 MiB
  static constexpr std::size_t kWritesPerSend = 8;
  static constexpr std::size_t kPacketBytesMax = 256 * 1024;
  static constexpr std::size_t kFilesMax = 100'000;

  // `connection` must outlive the client.
  static Result<SftpClient> start(SshConnection& connection);

  // Writes the local file to a new or emptied `path`, several writes ahead of their answers.
  Result<std::uint64_t> put(const std::string& path, const std::string& local_path,
                            const std::function<bool(std::uint64_t)>& progress);
  // rejected when larger than `bytes_max`.
  Result<Bytes> get(const std::string& path, std::uint64_t bytes_max);
  // `name` in the answer is empty.
  Result<ports::RemoteFile> stat(const std::string& path);
  // Plain files, in the server's order.
  Result<std::vector<ports::RemoteFile>> list(const std::string& path);
  // Replaces `to`: in one step where the server can (posix-rename@openssh.com).
  Result<void> rename(const std::string& from, const std::string& to);
  Result<void> remove(const std::string& path);

 private:
  struct Answer {
    std::uint8_t type = 0;
    std::uint32_t id = 0;
    Bytes body;  // after the id
  };

  explicit SftpClient(SshConnection& connection) : connection_(connection) {}

  Result<Bytes> receive_packet();
  Result<Answer> receive();
  // Sends a request and gives its answer; a status other than OK becomes an error that says `what`.
  Result<Answer> ask(std::uint8_t type, BytesView body, std::string_view what);
  Result<Bytes> open(const std::string& path, std::uint32_t flags);
  Result<void> close(BytesView handle);
  Result<void> write_file(BytesView handle, int descriptor, const std::string& local_path,
                          const std::function<bool(std::uint64_t)>& progress, std::uint64_t& sent);
  Result<void> take_write_answer(std::uint32_t first_id, std::string_view what);

  SshConnection& connection_;
  std::uint32_t next_id_ = 1;
  bool has_posix_rename_ = false;
  Bytes received_;            // bytes beyond the last whole packet
  std::size_t consumed_ = 0;  // of received_
};

}  // namespace postroom::sftp
