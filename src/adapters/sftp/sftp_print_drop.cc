#include "adapters/sftp/sftp_print_drop.h"

#include <algorithm>

#include "adapters/sftp/sftp_client.h"
#include "adapters/sftp/ssh_connection.h"
#include "base/log.h"

namespace postroom::sftp {
namespace {

Result<void> check_name(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.find('/') != std::string_view::npos ||
      name.find('\0') != std::string_view::npos) {
    return fail(ErrorKind::invalid_input, "a print file's name has no \"/\" and does not start with a dot");
  }
  return {};
}

std::string join_path(const std::string& folder, std::string_view name) {
  return folder.ends_with('/') ? fmt::format("{}{}", folder, name) : fmt::format("{}/{}", folder, name);
}

// Sends, checks the size before the print house can see the file, renames.
Result<void> upload_file(SftpClient& client, const std::string& folder, std::string_view name,
                         const std::string& local_path, const std::function<bool(std::uint64_t)>& progress) {
  std::string path = join_path(folder, name);
  std::string part = path + ".part";
  auto send = [&]() -> Result<std::uint64_t> {
    POSTROOM_TRY(sent, client.put(part, local_path, progress));
    POSTROOM_TRY(stored, client.stat(part));
    if (stored.size != sent) {
      return fail(ErrorKind::retry_later, fmt::format("{} has {} bytes after sending {}", part, stored.size, sent));
    }
    POSTROOM_CHECK(client.rename(part, path));
    return sent;
  };
  auto sent = send();
  if (!sent) {
    // Where the connection still works, nothing half-done stays; where it does not, the next try overwrites it.
    (void)client.remove(part);
    return fail(std::move(sent).error());
  }
  POSTROOM_TRY(files, client.list(folder));
  auto listed = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.name == name; });
  if (listed == files.end()) {
    // The server confirmed size and rename, so the print house has taken the file already; sending it again would
    // print it twice.
    log_warning("sftp.file_gone_after_rename", {{"file", name}});
    return {};
  }
  if (listed->size != *sent) {
    return fail(ErrorKind::retry_later, fmt::format("{} has {} bytes after sending {}", path, listed->size, *sent));
  }
  return {};
}

// Whether nothing of the call is still on its way, so that the next one can use the same connection.
template <typename T>
bool is_in_step(const Result<T>& result) {
  return result || result.error().kind == ErrorKind::not_found;
}

Result<void> check_options(const SftpOptions& options) {
  auto missing = [](std::string_view setting, std::string_view why) {
    return fail(ErrorKind::invalid_input, fmt::format("print.sftp_{} is not set: {}", setting, why));
  };
  if (options.host.empty()) return missing("host", "give the name of the print house's server");
  if (options.port == 0) return missing("port", "give a port from 1 to 65535, mostly 22");
  if (options.user.empty()) return missing("user", "give the user name the print house assigned");
  if (options.private_key_path.empty() && options.password.empty()) {
    return missing("private_key_path", "give the path of a private key, or print.sftp_password");
  }
  if (options.connect_timeout.count() <= 0 || options.idle_timeout.count() <= 0 ||
      options.call_timeout.count() <= 0) {
    return fail(ErrorKind::invalid_input, "the time-outs of print.sftp_ must be above zero");
  }
  return {};
}

}  // namespace

// A connection that works, for the next call.
struct SftpPrintDrop::Login {
  std::unique_ptr<SshConnection> connection;
  SftpClient client;
  std::chrono::steady_clock::time_point used_at;
};

SftpPrintDrop::SftpPrintDrop(SftpOptions options, std::vector<HostKeyPin> pins)
    : options_(std::move(options)), pins_(std::move(pins)) {}

SftpPrintDrop::~SftpPrintDrop() {
  SigpipeBlock no_sigpipe;
  kept_.reset();
}

Result<std::unique_ptr<SftpPrintDrop>> SftpPrintDrop::create(SftpOptions options) {
  POSTROOM_CHECK(check_options(options));
  POSTROOM_TRY(pins, parse_host_keys(options.host_key));
  return std::unique_ptr<SftpPrintDrop>(new SftpPrintDrop(std::move(options), std::move(pins)));
}

std::string SftpPrintDrop::description() const {
  std::string_view slash = options_.root.empty() || options_.root.starts_with('/') ? "" : "/";
  return fmt::format("sftp://{}:{}{}{}", options_.host, options_.port, slash, options_.root);
}

std::string SftpPrintDrop::folder_path(std::string_view folder) const {
  if (options_.root.empty()) return folder.empty() ? "." : std::string(folder);
  return folder.empty() ? options_.root : join_path(options_.root, folder);
}

Result<std::unique_ptr<SftpPrintDrop::Login>> SftpPrintDrop::log_in() const {
  POSTROOM_TRY(connection, SshConnection::open(options_, pins_));
  POSTROOM_TRY(client, SftpClient::start(*connection));
  return std::unique_ptr<Login>(new Login{std::move(connection), std::move(client), {}});
}

std::unique_ptr<SftpPrintDrop::Login> SftpPrintDrop::take_login() {
  std::unique_ptr<Login> login;
  {
    std::lock_guard lock(mutex_);
    login = std::move(kept_);
  }
  if (login && std::chrono::steady_clock::now() - login->used_at > kLoginKept) login.reset();
  if (login) login->connection->begin_call();
  return login;
}

void SftpPrintDrop::keep(std::unique_ptr<Login> login) {
  login->used_at = std::chrono::steady_clock::now();
  std::lock_guard lock(mutex_);
  std::swap(kept_, login);  // one that another thread kept meanwhile is closed by the caller's frame
}

template <typename Work>
auto SftpPrintDrop::with_new_login(Work&& work) -> decltype(work(std::declval<SftpClient&>())) {
  auto login = log_in();
  if (!login) return fail_in(description(), std::move(login).error());
  auto result = work((*login)->client);
  if (is_in_step(result)) keep(std::move(*login));
  if (!result) return fail_in(description(), std::move(result).error());
  return result;
}

template <typename Work>
auto SftpPrintDrop::reading(Work&& work) -> decltype(work(std::declval<SftpClient&>())) {
  SigpipeBlock no_sigpipe;
  if (auto login = take_login()) {
    auto result = work(login->client);
    if (is_in_step(result)) keep(std::move(login));
    if (result) return result;
    if (result.error().kind != ErrorKind::retry_later) return fail_in(description(), std::move(result).error());
  }
  return with_new_login(work);
}

Result<void> SftpPrintDrop::upload(std::string_view folder, std::string_view name, const std::string& local_path,
                                   const std::function<bool(std::uint64_t)>& progress) {
  POSTROOM_CHECK(check_name(name));
  SigpipeBlock no_sigpipe;
  take_login().reset();  // a server that allows one login for each user must not refuse the new one
  return with_new_login([&](SftpClient& client) {
    auto uploaded = upload_file(client, folder_path(folder), name, local_path, progress);
    if (!uploaded && uploaded.error().kind == ErrorKind::not_found) {
      uploaded.error().message += fmt::format(
          "; the folder {} must exist: ask the print house to make it, or change "
          "print.sftp_root",
          folder_path(folder));
    }
    return uploaded;
  });
}

Result<ports::RemoteFile> SftpPrintDrop::stat(std::string_view folder, std::string_view name) {
  POSTROOM_CHECK(check_name(name));
  return reading([&](SftpClient& client) -> Result<ports::RemoteFile> {
    POSTROOM_TRY(file, client.stat(join_path(folder_path(folder), name)));
    file.name = name;
    return file;
  });
}

Result<std::vector<ports::RemoteFile>> SftpPrintDrop::list(std::string_view folder) {
  return reading([&](SftpClient& client) -> Result<std::vector<ports::RemoteFile>> {
    auto files = client.list(folder_path(folder));
    if (!files && files.error().kind == ErrorKind::not_found) return std::vector<ports::RemoteFile>{};
    if (files)
      std::sort(files->begin(), files->end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return files;
  });
}

Result<Bytes> SftpPrintDrop::fetch(std::string_view folder, std::string_view name, std::uint64_t bytes_max) {
  POSTROOM_CHECK(check_name(name));
  return reading([&](SftpClient& client) { return client.get(join_path(folder_path(folder), name), bytes_max); });
}

}  // namespace postroom::sftp
