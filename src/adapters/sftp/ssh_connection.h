// One logged-in SSH connection with the SFTP subsystem as a stream of bytes; every wait ends.
#pragma once

#include <chrono>
#include <csignal>
#include <memory>

#include "adapters/sftp/host_key.h"
#include "base/bytes.h"
#include "base/result.h"

struct ssh_channel_struct;
struct ssh_session_struct;

namespace postroom::sftp {

struct SftpOptions;

// Keeps a write to a closed connection from ending the program: libssh writes without MSG_NOSIGNAL. For the
// thread that creates it.
class SigpipeBlock {
 public:
  SigpipeBlock();
  ~SigpipeBlock();
  SigpipeBlock(const SigpipeBlock&) = delete;
  SigpipeBlock& operator=(const SigpipeBlock&) = delete;

 private:
  sigset_t before_;
  bool was_pending_;
};

// Not thread-safe. Use within a SigpipeBlock. After an error only destruction is allowed.
class SshConnection {
 public:
  // retry_later when the server cannot be reached or does not answer; rejected for a key that is not pinned or a
  // refused login, with the remedy.
  static Result<std::unique_ptr<SshConnection>> open(const SftpOptions& options,
                                                     const std::vector<HostKeyPin>& pins);
  ~SshConnection();
  SshConnection(const SshConnection&) = delete;
  SshConnection& operator=(const SshConnection&) = delete;

  // Starts options.call_timeout anew, for a connection that serves one call after another.
  void begin_call();
  Result<void> write(BytesView bytes);
  // Waits for at least one byte; gives how many were put at `out`.
  Result<std::size_t> read(char* out, std::size_t bytes_max);

 private:
  explicit SshConnection(const SftpOptions& options);

  Result<void> connect(const std::vector<HostKeyPin>& pins);
  Result<void> check_host_key(const std::vector<HostKeyPin>& pins);
  Result<void> log_in();
  Result<int> log_in_with_key();
  int log_in_with_password();
  Result<void> start_sftp();
  // The time left for one wait; retry_later when the call's time is over.
  Result<std::chrono::milliseconds> time_left();
  std::string session_error() const;
  void set_timeout(std::chrono::milliseconds timeout);

  const SftpOptions& options_;
  std::chrono::steady_clock::time_point deadline_;
  ssh_session_struct* session_;
  ssh_channel_struct* channel_ = nullptr;
  bool is_broken_ = true;  // until logged in, and after an error: closed without a farewell that could block
};

}  // namespace postroom::sftp
