// A real PostgreSQL server on a free local port in a temporary folder, for tests and benchmarks (header only).
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace postroom::tests {

struct PostgresServerOptions {
  bool is_durable = false;  // false: no fsync, for tests that look at content and not at crashes
};

// Runs as the calling user, or as user "postgres" when that is root, which PostgreSQL refuses to run as. Anyone
// local may log in as superuser "postroom". Stopped, and its folder removed, by the destructor; it dies with the
// test program too.
class PostgresServer {
 public:
  // Nothing when PostgreSQL is not installed or does not start; `why` then says so in one line.
  static std::unique_ptr<PostgresServer> start(std::string& why, const PostgresServerOptions& options = {}) {
    const std::string programs = find_programs();
    if (programs.empty()) {
      why = "PostgreSQL's server is not installed (apt-get install postgresql-15)";
      return nullptr;
    }
    if (::geteuid() == 0 && ::getpwnam("postgres") == nullptr) {
      why = "PostgreSQL refuses to run as root, and there is no user 'postgres'";
      return nullptr;
    }
    std::unique_ptr<PostgresServer> server(new PostgresServer(programs));
    if (!server->prepare(options) || !server->launch()) {
      why = "PostgreSQL did not start: " + server->last_log_line();
      return nullptr;
    }
    return server;
  }
  ~PostgresServer() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // Ends sessions and stops cleanly; launch() starts it again on the same port with the same data.
  void stop() { end_with(SIGINT); }
  // As a power cut does: no clean-up, sessions just end.
  void crash() { end_with(SIGQUIT); }
  // Stands still without closing anything, and goes on.
  void freeze() { signal_all(SIGSTOP); }
  void thaw() { signal_all(SIGCONT); }

  bool launch() {
    process_ = spawn({programs_ + "/postgres", "-D", data()});
    if (process_ <= 0) return false;
    for (int i = 0; i < 600; ++i) {
      if (is_ready()) return true;
      if (::waitpid(process_, nullptr, WNOHANG) == process_) {
        process_ = 0;
        return false;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& database = "postgres") const {
    return "postgresql://postroom@127.0.0.1:" + std::to_string(port_) + "/" + database;
  }
  std::string data() const { return folder_ + "/data"; }

 private:
  explicit PostgresServer(std::string programs) : programs_(std::move(programs)) {}

  static std::string find_programs() {
    if (const char* given = std::getenv("POSTROOM_POSTGRES_BIN")) return given;
    for (int version = 18; version >= 13; --version) {
      std::string folder = "/usr/lib/postgresql/" + std::to_string(version) + "/bin";
      if (std::filesystem::exists(folder + "/postgres")) return folder;
    }
    return "";
  }

  bool prepare(const PostgresServerOptions& options) {
    std::string pattern = (std::filesystem::temp_directory_path() / "postroom-postgres-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return false;
    folder_ = pattern;
    if (::geteuid() == 0) {
      const passwd* user = ::getpwnam("postgres");
      if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) return false;
    }
    const pid_t initdb = spawn({programs_ + "/initdb", "-D", data(), "-U", "postroom", "--auth=trust",
                                "--encoding=UTF8", "--locale=C", "--no-sync"});
    int status = 1;
    if (initdb <= 0 || ::waitpid(initdb, &status, 0) != initdb || status != 0) return false;
    port_ = free_port();
    std::ofstream(data() + "/postgresql.conf", std::ios::app)
        << "listen_addresses = '127.0.0.1'\nport = " << port_ << "\nunix_socket_directories = '" << folder_
        << "'\nmax_connections = 100\nshared_buffers = 256MB\nmax_wal_size = 2GB\n"
        << "log_min_messages = warning\n"
        << (options.is_durable ? "" : "fsync = off\nfull_page_writes = off\nautovacuum = off\n");
    return true;
  }

  // Starts a program as the right user, in a group of its own, with its output in the log.
  pid_t spawn(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const passwd* user = ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
    const std::string log = folder_ + "/log";
    const pid_t child = ::fork();
    if (child != 0) return child;
    // Only calls that are safe between fork and exec.
    ::setpgid(0, 0);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    const int in = ::open("/dev/null", O_RDONLY);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(out, 2);
    if (user != nullptr) {
      ::fchown(out, user->pw_uid, user->pw_gid);
      if (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0) ::_exit(126);
    }
    // After setuid, which clears it.
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (::chdir(folder_.c_str()) != 0) ::_exit(126);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }

  void end_with(int number) {
    if (process_ <= 0) return;
    ::kill(process_, number);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  // Each session is a process that leads a group of its own, so they are found by their parent.
  void signal_all(int number) const {
    if (process_ <= 0) return;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream stat(entry.path() / "stat");
      std::string text((std::istreambuf_iterator<char>(stat)), std::istreambuf_iterator<char>());
      const auto bracket = text.rfind(')');
      if (bracket == std::string::npos) continue;
      std::istringstream rest(text.substr(bracket + 1));
      std::string state;
      pid_t parent = 0;
      rest >> state >> parent;
      if (parent == process_) ::kill(std::atoi(entry.path().filename().c_str()), number);
    }
    ::kill(process_, number);
  }

  // The last line of postmaster.pid says "ready" once sessions are taken.
  bool is_ready() const {
    std::ifstream file(data() + "/postmaster.pid");
    std::string line, last;
    while (std::getline(file, line)) last = line;
    return last.starts_with("ready");
  }
  std::string last_log_line() const {
    std::ifstream file(folder_ + "/log");
    std::string line, last = "no output";
    while (std::getline(file, line)) {
      if (!line.empty()) last = line;
    }
    return last;
  }

  static std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool ok = ::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(socket);
    return ok ? ntohs(address.sin_port) : 0;
  }

  std::string programs_;
  std::string folder_;
  std::uint16_t port_ = 0;
  pid_t process_ = 0;
};

}  // namespace postroom::tests
