// The print house's file area over SFTP.
#pragma once

#include <chrono>
#include <memory>
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

// Every call logs in anew and is independent of others, so it is safe from several threads. Folders are not made:
// not_found names the one that is missing.
class SftpPrintDrop final : public ports::PrintDrop {
 public:
  // invalid_input for missing or malformed options; nothing is connected yet.
  static Result<std::unique_ptr<SftpPrintDrop>> create(SftpOptions options);

  std::string description() const override;
  Result<void> upload(std::string_view folder, std::string_view name, const std::string& local_path,
                      const std::function<bool(std::uint64_t)>& progress) override;
  Result<ports::RemoteFile> stat(std::string_view folder, std::string_view name) override;
  Result<std::vector<ports::RemoteFile>> list(std::string_view folder) override;
  Result<Bytes> fetch(std::string_view folder, std::string_view name, std::uint64_t bytes_max) override;

 private:
  SftpPrintDrop(SftpOptions options, std::vector<HostKeyPin> pins)
      : options_(std::move(options)), pins_(std::move(pins)) {}

  std::string folder_path(std::string_view folder) const;
  // Logs in, runs `work` with the client, and puts the server's name before any error.
  template <typename Work>
  auto with_client(Work&& work) const -> decltype(work(std::declval<SftpClient&>()));

  SftpOptions options_;
  std::vector<HostKeyPin> pins_;
};

}  // namespace postroom::sftp
