#include "adapters/sftp/ssh_connection.h"

#include <libssh/libssh.h>
#include <sys/socket.h>

#include <cerrno>
#include <ctime>
#include <new>

#include "adapters/sftp/sftp_print_drop.h"
#include "base/text.h"

namespace postroom::sftp {
namespace {

// AES-GCM first: with the processor's AES instructions it is the fastest of them.
constexpr const char* kCiphers =
    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr";
// A server that keeps asking for passwords must not keep us for ever.
constexpr int kPromptRoundsMax = 3;

struct FreeKey {
  void operator()(ssh_key key) const { ssh_key_free(key); }
};
using Key = std::unique_ptr<ssh_key_struct, FreeKey>;

std::string fingerprint_of(ssh_key key) {
  unsigned char* digest = nullptr;
  std::size_t size = 0;
  if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &digest, &size) != SSH_OK) return "unknown";
  std::string text = fingerprint_of_digest({reinterpret_cast<const char*>(digest), size});
  ssh_clean_pubkey_hash(&digest);
  return text;
}

// What SSH_OPTIONS_HOSTKEYS takes so that the server offers a key that is pinned; empty when any may be.
std::string host_key_algorithms(const std::vector<HostKeyPin>& pins) {
  std::vector<std::string> algorithms;
  for (const HostKeyPin& pin : pins) {
    if (pin.type.empty()) return "";
    algorithms.push_back(pin.type == "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : pin.type);
  }
  return join(algorithms, ",");
}

}  // namespace

SigpipeBlock::SigpipeBlock() {
  sigset_t pending;
  ::sigpending(&pending);
  was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
  sigset_t pipe;
  ::sigemptyset(&pipe);
  ::sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, &before_);
}

SigpipeBlock::~SigpipeBlock() {
  if (!was_pending_) {
    sigset_t pipe;
    ::sigemptyset(&pipe);
    ::sigaddset(&pipe, SIGPIPE);
    timespec no_wait{};
    while (::sigtimedwait(&pipe, nullptr, &no_wait) < 0 && errno == EINTR) {
    }
  }
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

SshConnection::SshConnection(const SftpOptions& options)
    : options_(options), deadline_(std::chrono::steady_clock::now() + options.call_timeout), session_(ssh_new()) {
  if (session_ == nullptr) throw std::bad_alloc();
}

SshConnection::~SshConnection() {
  if (is_broken_ && ssh_get_fd(session_) >= 0) ::shutdown(ssh_get_fd(session_), SHUT_RDWR);
  if (channel_ != nullptr) ssh_channel_free(channel_);
  ssh_disconnect(session_);
  ssh_free(session_);
}

Result<std::unique_ptr<SshConnection>> SshConnection::open(const SftpOptions& options,
                                                           const std::vector<HostKeyPin>& pins) {
  std::unique_ptr<SshConnection> connection(new SshConnection(options));
  POSTROOM_CHECK(connection->connect(pins));
  POSTROOM_CHECK(connection->log_in());
  POSTROOM_CHECK(connection->start_sftp());
  connection->set_timeout(options.idle_timeout);
  connection->is_broken_ = false;
  return connection;
}

void SshConnection::begin_call() { deadline_ = std::chrono::steady_clock::now() + options_.call_timeout; }

std::string SshConnection::session_error() const {
  std::string text = ssh_get_error(session_);
  return text.empty() ? "the connection was closed" : text;
}

void SshConnection::set_timeout(std::chrono::milliseconds timeout) {
  long seconds = static_cast<long>(timeout.count() / 1000);
  long micros = static_cast<long>(timeout.count() % 1000 * 1000);
  ssh_options_set(session_, SSH_OPTIONS_TIMEOUT, &seconds);
  ssh_options_set(session_, SSH_OPTIONS_TIMEOUT_USEC, &micros);
}

Result<void> SshConnection::connect(const std::vector<HostKeyPin>& pins) {
  unsigned int port = options_.port;
  int yes = 1;
  bool no = false;
  // The account's own ssh configuration must not change where letters go.
  ssh_options_set(session_, SSH_OPTIONS_PROCESS_CONFIG, &no);
  ssh_options_set(session_, SSH_OPTIONS_HOST, options_.host.c_str());
  ssh_options_set(session_, SSH_OPTIONS_PORT, &port);
  ssh_options_set(session_, SSH_OPTIONS_USER, options_.user.c_str());
  // Without it small SFTP packets wait for acknowledgements: 1 MB/s instead of over 100.
  ssh_options_set(session_, SSH_OPTIONS_NODELAY, &yes);
  ssh_options_set(session_, SSH_OPTIONS_CIPHERS_C_S, kCiphers);
  ssh_options_set(session_, SSH_OPTIONS_CIPHERS_S_C, kCiphers);
  if (std::string algorithms = host_key_algorithms(pins); !algorithms.empty()) {
    ssh_options_set(session_, SSH_OPTIONS_HOSTKEYS, algorithms.c_str());
  }
  set_timeout(options_.connect_timeout);
  if (ssh_connect(session_) != SSH_OK) {
    std::string cause = session_error();
    if (cause.find("kex error") != std::string::npos) {
      return fail(ErrorKind::rejected,
                  fmt::format("no common way to encrypt or to prove the server's key: {}; check the key's type in "
                              "print.sftp_host_key",
                              cause));
    }
    return fail(ErrorKind::retry_later,
                fmt::format("cannot connect: {}; check print.sftp_host, print.sftp_port and the firewall", cause));
  }
  return check_host_key(pins);
}

Result<void> SshConnection::check_host_key(const std::vector<HostKeyPin>& pins) {
  ssh_key raw = nullptr;
  if (ssh_get_server_publickey(session_, &raw) != SSH_OK) {
    return fail(ErrorKind::retry_later, "the server did not show its key: " + session_error());
  }
  Key key(raw);
  std::string offered = fingerprint_of(key.get());
  for (const HostKeyPin& pin : pins) {
    if (pin.fingerprint == offered) return {};
  }
  std::vector<std::string> known;
  for (const HostKeyPin& pin : pins) known.push_back(pin.fingerprint);
  return fail(ErrorKind::rejected,
              fmt::format("the server shows the {} key {}, but print.sftp_host_key pins {}. Somebody may be in "
                          "between: ask the print house whether its key changed, and only then change the setting",
                          ssh_key_type_to_char(ssh_key_type(key.get())), offered, join(known, " and ")));
}

// Gives one of libssh's SSH_AUTH_ values.
Result<int> SshConnection::log_in_with_key() {
  ssh_key raw = nullptr;
  const char* passphrase =
      options_.private_key_passphrase.empty() ? nullptr : options_.private_key_passphrase.c_str();
  int status = ssh_pki_import_privkey_file(options_.private_key_path.c_str(), passphrase, nullptr, nullptr, &raw);
  if (status != SSH_OK) {
    return fail(
        ErrorKind::rejected,
        fmt::format("cannot read the private key {}: {}", options_.private_key_path,
                    status == SSH_EOF ? "the file is not there or may not be read; check "
                                        "print.sftp_private_key_path"
                                      : "it is no private key, or print.sftp_private_key_passphrase is wrong"));
  }
  Key key(raw);
  int result = ssh_userauth_publickey(session_, nullptr, key.get());
  if (result == SSH_AUTH_DENIED) {
    return fail(
        ErrorKind::rejected,
        fmt::format("the server refused user {} with our key {}: ask the print house to accept that key, or "
                    "check print.sftp_user and print.sftp_private_key_path",
                    options_.user, fingerprint_of(key.get())));
  }
  return result;
}

int SshConnection::log_in_with_password() {
  int result = ssh_userauth_password(session_, nullptr, options_.password.c_str());
  if (result != SSH_AUTH_DENIED || (ssh_userauth_list(session_, nullptr) & SSH_AUTH_METHOD_INTERACTIVE) == 0) {
    return result;
  }
  // Servers that use PAM often take a password as the answer to a prompt only.
  result = ssh_userauth_kbdint(session_, nullptr, nullptr);
  for (int round = 0; result == SSH_AUTH_INFO; ++round) {
    if (round == kPromptRoundsMax) return SSH_AUTH_DENIED;
    int prompts = ssh_userauth_kbdint_getnprompts(session_);
    for (int i = 0; i < prompts; ++i) {
      ssh_userauth_kbdint_setanswer(session_, static_cast<unsigned int>(i), options_.password.c_str());
    }
    result = ssh_userauth_kbdint(session_, nullptr, nullptr);
  }
  return result;
}

Result<void> SshConnection::log_in() {
  int result = ssh_userauth_none(session_, nullptr);
  if (result != SSH_AUTH_SUCCESS && result != SSH_AUTH_ERROR && !options_.private_key_path.empty()) {
    POSTROOM_TRY(by_key, log_in_with_key());
    result = by_key;
  }
  if ((result == SSH_AUTH_DENIED || result == SSH_AUTH_PARTIAL) && !options_.password.empty()) {
    result = log_in_with_password();
  }
  if (result == SSH_AUTH_SUCCESS) return {};
  if (result == SSH_AUTH_DENIED || result == SSH_AUTH_PARTIAL) {
    return fail(ErrorKind::rejected, fmt::format("the server refused user {}: check print.sftp_user and "
                                                 "print.sftp_password with the print house",
                                                 options_.user));
  }
  return fail(ErrorKind::retry_later, "the login broke off: " + session_error());
}

Result<void> SshConnection::start_sftp() {
  channel_ = ssh_channel_new(session_);
  if (channel_ == nullptr) throw std::bad_alloc();
  if (ssh_channel_open_session(channel_) != SSH_OK) {
    return fail(ErrorKind::retry_later, "the server opens no channel: " + session_error());
  }
  if (ssh_channel_request_sftp(channel_) != SSH_OK) {
    bool is_refused = ssh_is_connected(session_) != 0 && ssh_get_error_code(session_) == SSH_REQUEST_DENIED;
    return fail(is_refused ? ErrorKind::rejected : ErrorKind::retry_later,
                fmt::format("the server starts no SFTP for user {}: {}", options_.user, session_error()));
  }
  return {};
}

Result<std::chrono::milliseconds> SshConnection::time_left() {
  if (is_broken_) return fail(ErrorKind::retry_later, "the connection broke before");
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
  if (left.count() <= 0) {
    is_broken_ = true;
    return fail(ErrorKind::retry_later, fmt::format("not done within {} seconds; the line is slow or "
                                                    "print.sftp_call_timeout too short",
                                                    options_.call_timeout.count() / 1000));
  }
  return std::min(left, options_.idle_timeout);
}

Result<void> SshConnection::write(BytesView bytes) {
  while (!bytes.empty()) {
    POSTROOM_CHECK(time_left());
    int count = ssh_channel_write(channel_, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    if (count <= 0) {
      is_broken_ = true;
      return fail(ErrorKind::retry_later,
                  count < 0 ? "the connection broke: " + session_error()
                            : fmt::format("the server took nothing for {} ms", options_.idle_timeout.count()));
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::size_t> SshConnection::read(char* out, std::size_t bytes_max) {
  POSTROOM_TRY(wait, time_left());
  int count = ssh_channel_read_timeout(channel_, out, static_cast<std::uint32_t>(bytes_max), 0,
                                       static_cast<int>(wait.count()));
  if (count > 0) return static_cast<std::size_t>(count);
  is_broken_ = true;
  if (count == SSH_ERROR || ssh_channel_is_eof(channel_) != 0 || ssh_is_connected(session_) == 0) {
    return fail(ErrorKind::retry_later, "the connection broke: " + session_error());
  }
  return fail(ErrorKind::retry_later, fmt::format("the server did not answer for {} ms", wait.count()));
}

}  // namespace postroom::sftp
