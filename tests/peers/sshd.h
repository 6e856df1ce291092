// A real OpenSSH server on a free local port in a temporary folder, for tests and benchmarks (header only).
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace postroom::tests {

struct SshdOptions {
  std::string host_key_type = "ed25519";  // as ssh-keygen -t takes it
  bool is_read_only = false;              // every write is refused with "permission denied"
};

// Runs as the calling user and lets that user in with client_key(). A login lands in files(). Stopped, and its
// folder removed, by the destructor.
class Sshd {
 public:
  // Nothing when sshd or ssh-keygen is not installed or does not start; `why` then says so.
  static std::unique_ptr<Sshd> start(std::string& why, const SshdOptions& options = {}) {
    std::string program = find_program();
    if (program.empty()) {
      why = "sshd is not installed (apt-get install openssh-server)";
      return nullptr;
    }
    std::unique_ptr<Sshd> server(new Sshd());
    if (!server->prepare(options) || !server->launch(program)) {
      why = "sshd did not start: " + server->log();
      return nullptr;
    }
    return server;
  }
  ~Sshd() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Sshd(const Sshd&) = delete;
  Sshd& operator=(const Sshd&) = delete;

  void stop() {
    if (process_ <= 0) return;
    // The group: a connection has a process of its own.
    ::kill(-process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }

  std::uint16_t port() const { return port_; }
  std::string user() const { return user_; }
  std::string files() const { return folder_ + "/files"; }
  // "ssh-ed25519 AAAA…" and "SHA256:…" of the server's key.
  std::string host_key() const { return first_words(folder_ + "/host_key.pub", 2); }
  std::string host_key_fingerprint() const { return fingerprint(folder_ + "/host_key.pub"); }
  std::string log() const { return read(folder_ + "/log"); }

  // The path of a private key of that type; made, and let in, at the first call.
  std::string client_key(const std::string& type = "ed25519") {
    std::string path = folder_ + "/client_" + type;
    if (!std::filesystem::exists(path)) {
      make_key(type, path);
      std::ofstream(folder_ + "/authorized_keys", std::ios::app) << read(path + ".pub");
    }
    return path;
  }
  // One that the server does not know.
  std::string foreign_key() {
    std::string path = folder_ + "/foreign";
    if (!std::filesystem::exists(path)) make_key("ed25519", path);
    return path;
  }

 private:
  Sshd() {
    std::string pattern = (std::filesystem::temp_directory_path() / "postroom-sshd-XXXXXX").string();
    if (const char* made = ::mkdtemp(pattern.data())) folder_ = made;
    if (const passwd* entry = ::getpwuid(::geteuid())) user_ = entry->pw_name;
  }

  static std::string find_program() {
    for (const char* path : {"/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"}) {
      if (::access(path, X_OK) == 0 && std::system("command -v ssh-keygen >/dev/null 2>&1") == 0) return path;
    }
    return {};
  }
  static bool make_key(const std::string& type, const std::string& path) {
    return std::system(("ssh-keygen -q -t " + type + " -N '' -f " + path + " </dev/null").c_str()) == 0;
  }
  static std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::string first_words(const std::string& path, int count) {
    std::ifstream file(path);
    std::string out;
    std::string word;
    for (int i = 0; i < count && file >> word; ++i) out += (i == 0 ? "" : " ") + word;
    return out;
  }
  std::string fingerprint(const std::string& path) const {
    std::string out = folder_ + "/fingerprint";
    if (std::system(("ssh-keygen -lf " + path + " > " + out).c_str()) != 0) return {};
    std::string line = read(out);
    auto start = line.find("SHA256:");
    return start == std::string::npos ? "" : line.substr(start, line.find(' ', start) - start);
  }

  bool prepare(const SshdOptions& options) {
    if (folder_.empty() || user_.empty()) return false;
    std::filesystem::create_directory(files());
    // As root, sshd wants its own empty folder.
    if (::geteuid() == 0) ::mkdir("/run/sshd", 0755);
    if (!make_key(options.host_key_type, folder_ + "/host_key")) return false;
    std::ofstream(folder_ + "/authorized_keys") << "";
    port_ = free_port();
    std::ofstream(folder_ + "/config")
        << "Port " << port_ << "\nListenAddress 127.0.0.1\nHostKey " << folder_
        << "/host_key\nPidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin yes\n"
           "PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
           "AuthorizedKeysFile "
        << folder_ << "/authorized_keys\nMaxStartups 200\nUseDNS no\n"
        << "Subsystem sftp internal-sftp -d " << files() << (options.is_read_only ? " -R" : "") << "\n";
    return port_ != 0;
  }

  bool launch(const std::string& program) {
    std::string config = folder_ + "/config";
    std::string log_path = folder_ + "/log";
    std::vector<std::string> words = {program, "-D", "-f", config, "-E", log_path};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    // A connection that ends after the folder is gone complains about its log file.
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    int failed = ::posix_spawn(&process_, program.c_str(), &files, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
    if (failed != 0) {
      process_ = 0;
      return false;
    }
    for (int tries = 0; tries < 500; ++tries) {
      if (answers()) return true;
      if (::waitpid(process_, nullptr, WNOHANG) == process_) {
        process_ = 0;
        return false;
      }
      ::usleep(10'000);
    }
    return false;
  }

  static sockaddr_in local_address(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }
  static std::uint16_t free_port() {
    int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = local_address(0);
    socklen_t size = sizeof address;
    bool ok = ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
              ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(socket);
    return ok ? ntohs(address.sin_port) : 0;
  }
  bool answers() const {
    int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = local_address(port_);
    bool ok = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return ok;
  }

  std::string folder_;
  std::string user_;
  std::uint16_t port_ = 0;
  pid_t process_ = 0;
};

}  // namespace postroom::tests
