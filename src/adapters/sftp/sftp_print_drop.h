// The print house's file area over SFTP.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/sftp/host_key.h"
#include "ports/print_drop.h"

namespace postroom::sftp {

// The messages name the settings as print.sftp_ and the member's name.
struct SftpOptions {
  std::string host;
  std::uint16_t port = 22;
  std::string user;
  std::string private_key_path;  // OpenSSH or PEM; RSA, Ed25519 or ECDSA
  std::string private_key_passphrase;
  std::string password;  // used when there is no key, or when the server wants both
  std::string host_key;  // as parse_host_keys() takes it
  std::string root;      // put before each folder; empty is where the login lands

  std::chrono::milliseconds connect_timeout = std::chrono::seconds(15);  // until logged in, for each step
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(30);     // without any answer
  std::chrono::milliseconds call_timeout = std::chrono::minutes(30);     // for a whole upload, fetch or listing
};

class SftpClient;
class SshConnection;

// Safe from several threads: no two calls share a connection at the same time. The reading calls of a poll follow
// each other closely and take the login of the one before; each upload logs in anew. Folders are not made:
// not_found names the one that is missing.
class SftpPrintDrop final : public ports::PrintDrop {
 public:
  static constexpr std::chrono::seconds kLoginKept{10};  // after its last call, a login is not used again

  // invalid_input for missing or malformed options; nothing is connected yet.
  static Result<std::unique_ptr<SftpPrintDrop>> create(SftpOptions options);
  ~SftpPrintDrop() override;

  std::string description() const override;
  Result<void> upload(std::string_view folder, std::string_view name, const std::string& local_path,
                      const std::function<bool(std::uint64_t)>& progress) override;
  Result<ports::RemoteFile> stat(std::string_view folder, std::string_view name) override;
  Result<std::vector<ports::RemoteFile>> list(std::string_view folder) override;
  Result<Bytes> fetch(std::string_view folder, std::string_view name, std::uint64_t bytes_max) override;

 private:
  struct Login;

  SftpPrintDrop(SftpOptions options, std::vector<HostKeyPin> pins);

  std::string folder_path(std::string_view folder) const;
  Result<std::unique_ptr<Login>> log_in() const;
  // The login of a call that ended within kLoginKept, or null.
  std::unique_ptr<Login> take_login();
  void keep(std::unique_ptr<Login> login);
  // Runs `work` with a client, and puts the server's name before any error.
  template <typename Work>
  auto with_new_login(Work&& work) -> decltype(work(std::declval<SftpClient&>()));
  // `work` runs a second time when a kept login turns out to be dead.
  template <typename Work>
  auto reading(Work&& work) -> decltype(work(std::declval<SftpClient&>()));

  const SftpOptions options_;
  const std::vector<HostKeyPin> pins_;
  std::mutex mutex_;
  std::unique_ptr<Login> kept_;
};

}  // namespace postroom::sftp
