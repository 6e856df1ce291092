// Varied: what clamd answers, when, and over which socket; what of the file reaches it. Whatever is not plainly
// "OK" must not count as clean.
#include "adapters/clamd/clamd_scanner.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <thread>

#include "adapters/clamd/clamd_reply.h"

namespace postroom::clamd {
namespace {

using namespace std::chrono_literals;
using ports::ScanVerdict;

std::string zero_ended(std::string_view text) { return std::string(text) + '\0'; }

// Serves one connection as its script says.
class ScriptedClamd {
 public:
  using Script = std::function<void(int socket)>;

  explicit ScriptedClamd(Script script, bool over_tcp = false) : script_(std::move(script)) {
    if (over_tcp) {
      listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      socklen_t size = sizeof address;
      EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
      address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    } else {
      static int number = 0;
      address_ = (std::filesystem::temp_directory_path() /
                  ("clamd-test-" + std::to_string(::getpid()) + "-" + std::to_string(++number)))
                     .string();
      listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      address_.copy(address.sun_path, sizeof address.sun_path - 1);
      EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    ::listen(listener_, 4);
    server_ = std::thread([this] {
      int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) return;
      script_(socket);
      ::close(socket);
    });
  }
  ~ScriptedClamd() {
    ::shutdown(listener_, SHUT_RDWR);
    server_.join();
    ::close(listener_);
    std::filesystem::remove(address_);
  }
  const std::string& address() const { return address_; }

 private:
  Script script_;
  std::string address_;
  int listener_ = -1;
  std::thread server_;
};

// The whole of a stream command, chunks put together; false when the connection ends before.
bool read_exactly(int socket, std::size_t size, std::string& out) {
  out.clear();
  while (out.size() < size) {
    char block[65536];
    ssize_t count = ::recv(socket, block, std::min(sizeof block, size - out.size()), 0);
    if (count <= 0) return false;
    out.append(block, static_cast<std::size_t>(count));
  }
  return true;
}
bool read_stream(int socket, std::string& content) {
  std::string part;
  if (!read_exactly(socket, 10, part) || part != zero_ended("zINSTREAM")) return false;
  for (;;) {
    if (!read_exactly(socket, 4, part)) return false;
    std::size_t size = 0;
    for (char c : part) size = size << 8 | static_cast<unsigned char>(c);
    if (size == 0) return true;
    if (!read_exactly(socket, size, part)) return false;
    content += part;
  }
}
void say(int socket, std::string_view text) { ::send(socket, text.data(), text.size(), MSG_NOSIGNAL); }

Result<ports::ScanReport> scan_with(const ScriptedClamd::Script& script, BytesView content, bool over_tcp = false,
                                    std::chrono::milliseconds timeout = 5s) {
  ScriptedClamd server(script, over_tcp);
  auto scanner = ClamdScanner::create({.address = server.address(), .timeout = timeout});
  EXPECT_TRUE(scanner);
  return (*scanner)->scan(content);
}

TEST(ClamdReply, AV2_only_an_explicit_ok_is_clean) {
  EXPECT_EQ(read_reply("stream: OK"), ScanVerdict::clean);
  const struct {
    std::string_view reply;
    ErrorKind kind;
  } kOthers[] = {{"INSTREAM size limit exceeded. ERROR", ErrorKind::rejected},
                 {"stream: Heuristics.Limits.Exceeded ERROR", ErrorKind::rejected},
                 {"", ErrorKind::retry_later},
                 {"OK", ErrorKind::retry_later},
                 {"stream: ok", ErrorKind::retry_later},
                 {"stream: OK ", ErrorKind::retry_later},
                 {"stream: OK\n", ErrorKind::retry_later},
                 {"stream: NOT OK", ErrorKind::retry_later},
                 {"1: stream: OK", ErrorKind::retry_later},
                 {"stream:  FOUND", ErrorKind::retry_later},
                 {"UNKNOWN COMMAND", ErrorKind::retry_later}};
  for (const auto& other : kOthers) {
    auto report = read_reply(other.reply);
    ASSERT_FALSE(report) << other.reply;
    EXPECT_EQ(report.error().kind, other.kind) << other.reply;
  }
}

TEST(ClamdReply, AV1_a_finding_has_its_name) {
  auto report = read_reply("stream: Eicar-Test-Signature FOUND");
  ASSERT_EQ(report, ScanVerdict::infected);
  EXPECT_EQ(report->signature, "Eicar-Test-Signature");
  EXPECT_EQ(read_reply("stream: a\nb FOUND")->signature, "a?b");
  EXPECT_EQ(read_reply("stream: " + std::string(900, 'x') + " FOUND")->signature.size(), 200u);
  EXPECT_EQ(read_reply("stream: OK FOUND")->signature, "OK");
}

TEST(ClamdScanner, TheWholeFileArrivesInChunks) {
  for (bool over_tcp : {false, true}) {
    for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{131'072}, std::size_t{1'000'000}}) {
      const std::string content(size, 'p');
      std::string seen;
      auto report = scan_with(
          [&](int socket) {
            if (read_stream(socket, seen)) say(socket, zero_ended("stream: OK"));
          },
          content, over_tcp);
      EXPECT_EQ(report, ScanVerdict::clean) << size;
      EXPECT_EQ(seen, content);
    }
  }
}

TEST(ClamdScanner, AnAnswerInPiecesIsPutTogether) {
  std::string seen;
  auto report = scan_with(
      [&](int socket) {
        if (!read_stream(socket, seen)) return;
        for (char c : zero_ended("stream: Test.File FOUND")) {
          say(socket, {&c, 1});
          std::this_thread::sleep_for(1ms);
        }
      },
      "x");
  ASSERT_EQ(report, ScanVerdict::infected);
  EXPECT_EQ(report->signature, "Test.File");
}

TEST(ClamdScanner, AV2_an_error_before_the_files_end_is_read) {
  auto report = scan_with(
      [](int socket) {
        std::string part;
        read_exactly(socket, 10 + 4 + 1000, part);
        say(socket, zero_ended("INSTREAM size limit exceeded. ERROR"));
        // Reads on, so that closing does not reset what was said.
        while (read_exactly(socket, 1, part)) {
        }
      },
      std::string(20'000'000, 'x'));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::rejected);
  EXPECT_NE(report.error().message.find("size limit"), std::string::npos) << report.error().message;
}

TEST(ClamdScanner, AV2_what_is_cut_short_is_no_verdict) {
  const std::string_view kSaid[] = {"", "stream: OK", "stream: O"};
  for (std::string_view said : kSaid) {
    std::string seen;
    auto report = scan_with(
        [&](int socket) {
          if (read_stream(socket, seen)) say(socket, said);
        },
        "x");
    ASSERT_FALSE(report) << said;
    EXPECT_EQ(report.error().kind, ErrorKind::retry_later);
  }
  auto closed_at_once = scan_with([](int) {}, std::string(5'000'000, 'x'));
  ASSERT_FALSE(closed_at_once);
  EXPECT_EQ(closed_at_once.error().kind, ErrorKind::retry_later);
}

TEST(ClamdScanner, AV2_garbage_without_an_end_is_no_verdict) {
  std::string seen;
  auto report = scan_with(
      [&](int socket) {
        if (read_stream(socket, seen)) say(socket, std::string(100'000, 'g'));
      },
      "x");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::retry_later);
}

TEST(ClamdScanner, WhoeverIsSlowIsLeft) {
  // Neither reads nor answers.
  for (const std::string& content : {std::string("x"), std::string(20'000'000, 'x')}) {
    const auto before = std::chrono::steady_clock::now();
    auto report = scan_with([](int) { std::this_thread::sleep_for(1s); }, content, false, 200ms);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::retry_later);
    EXPECT_NE(report.error().message.find("too long"), std::string::npos) << report.error().message;
    EXPECT_LT(std::chrono::steady_clock::now() - before, 3s);
  }
}

TEST(ClamdScanner, WhoeverIsAwayIsNamed) {
  for (const char* address : {"/nowhere/clamd.ctl", "127.0.0.1:1"}) {
    auto scanner = ClamdScanner::create({.address = address});
    ASSERT_TRUE(scanner);
    for (const Result<void>& result :
         {(*scanner)->ping(), (*scanner)->scan("x").map([](const ports::ScanReport&) {})}) {
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().kind, ErrorKind::retry_later);
      EXPECT_NE(result.error().message.find(address), std::string::npos) << result.error().message;
    }
  }
}

TEST(ClamdScanner, PingWantsAPong) {
  for (auto [said, good] : {std::pair{"PONG", true}, {"PING", false}}) {
    ScriptedClamd server([said = said](int socket) {
      std::string part;
      if (read_exactly(socket, 6, part) && part == zero_ended("zPING")) say(socket, zero_ended(said));
    });
    EXPECT_EQ((*ClamdScanner::create({.address = server.address()}))->ping().has_value(), good);
  }
}

TEST(ClamdScanner, AddressesArePathsOrHostsWithPort) {
  for (const char* good : {"/run/clamd.ctl", "unix:/run/clamd.ctl", "localhost:3310", "[::1]:3310", "127.0.0.1:1"})
    EXPECT_TRUE(ClamdScanner::create({.address = good})) << good;
  for (const char* bad : {"", "clamd", "host:", ":3310", "host:0", "host:99999", "unix:", "run/clamd.ctl"})
    EXPECT_EQ(ClamdScanner::create({.address = bad}).error().kind, ErrorKind::invalid_input) << bad;
}

}  // namespace
}  // namespace postroom::clamd
