// A small HTTP server on a thread that sends what it is told. Varied: answers, sizes, silence, addresses. What
// must hold: every complete answer is a value, everything else an error that says whether to try again.
#include "adapters/curl/curl_http_client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

namespace postroom::curl {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class FakeServer {
 public:
  // Answers every request with `answer`; stays silent when it is empty.
  explicit FakeServer(std::string answer, std::string unix_path = {}) : answer_(std::move(answer)) {
    sockaddr_un local{};
    sockaddr_in address{};
    if (!unix_path.empty()) {
      local.sun_family = AF_UNIX;
      std::memcpy(local.sun_path, unix_path.data(), unix_path.size());
      listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      ::bind(listener_, reinterpret_cast<sockaddr*>(&local), sizeof local);
    } else {
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
      socklen_t size = sizeof address;
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
      port_ = ntohs(address.sin_port);
    }
    ::listen(listener_, 16);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~FakeServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      std::lock_guard lock(mutex_);
      for (int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  std::string url(std::string_view path = "/") const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  std::string last_request() {
    std::lock_guard lock(mutex_);
    return last_request_;
  }

 private:
  void accept_all() {
    while (true) {
      int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      ++connections_;
      std::lock_guard lock(mutex_);
      open_.push_back(fd);
      threads_.emplace_back([this, fd] {
        talk(fd);
        std::lock_guard closing(mutex_);
        std::erase(open_, fd);
        ::close(fd);
      });
    }
  }
  void talk(int fd) {
    std::string buffer;
    char bytes[65536];
    while (true) {
      std::size_t end = buffer.find("\r\n\r\n");
      if (end != std::string::npos) {
        std::size_t length = buffer.find("Content-Length: ");
        std::size_t body = length < end ? std::strtoul(buffer.c_str() + length + 16, nullptr, 10) : 0;
        if (buffer.size() >= end + 4 + body) {
          {
            std::lock_guard lock(mutex_);
            last_request_ = buffer.substr(0, end + 4 + body);
          }
          buffer.erase(0, end + 4 + body);
          ::send(fd, answer_.data(), answer_.size(), MSG_NOSIGNAL);
          continue;
        }
      }
      ssize_t size = ::recv(fd, bytes, sizeof bytes, 0);
      if (size <= 0) return;
      buffer.append(bytes, static_cast<std::size_t>(size));
    }
  }

  const std::string answer_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::string last_request_;
  std::thread acceptor_;
  std::vector<std::thread> threads_;
};

const std::string kOk = "HTTP/1.1 201 Created\r\nX-Id: 7\r\nContent-Length: 5\r\n\r\nhello";

TEST(CurlHttpClient, SendsAndReceives) {
  FakeServer server(kOk);
  CurlHttpClient client;
  auto response = client.send({.method = "POST",
                               .url = server.url("/a?b=c"),
                               .headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}},
                               .body = std::string(200'000, 'x')});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(response->header("x-ID"), "7");
  std::string request = server.last_request();
  EXPECT_THAT(request, StartsWith("POST /a?b=c HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, HasSubstr("X-Empty:\r\n"));
  EXPECT_THAT(request, HasSubstr("User-Agent: postroom\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("Expect")));
  EXPECT_TRUE(request.ends_with("\r\n\r\n" + std::string(200'000, 'x')));
}

TEST(CurlHttpClient, MethodsAndEmptyBodies) {
  FakeServer server("HTTP/1.1 204 No Content\r\n\r\n");
  CurlHttpClient client;
  for (std::string method : {"GET", "HEAD", "DELETE", "POST", "PUT", "PATCH", "OPTIONS"}) {
    auto response = client.send({.method = method, .url = server.url()});
    ASSERT_TRUE(response) << method << ": " << response.error().message;
    EXPECT_EQ(response->status, 204);
    EXPECT_THAT(server.last_request(), StartsWith(method + " / HTTP/1.1\r\n"));
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlHttpClient, RedirectsAreAnswers) {
  FakeServer server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  auto response = CurlHttpClient().send({.url = server.url()});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->header("Location"), "http://127.0.0.1:1/");
}

TEST(CurlHttpClient, AnswersTooLargeAreCut) {
  std::string body(1000, 'x');
  FakeServer announced("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + body);
  FakeServer chunked("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + body + "\r\n0\r\n\r\n");
  CurlHttpClient client;
  for (FakeServer* server : {&announced, &chunked}) {
    EXPECT_TRUE(client.send({.url = server->url(), .response_bytes_max = 1000}));
    auto response = client.send({.url = server->url(), .response_bytes_max = 999});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::retry_later);
    EXPECT_THAT(response.error().message, HasSubstr("more than 999 bytes"));
  }
}

TEST(CurlHttpClient, SilenceAndAbsenceAreForLater) {
  std::uint16_t closed_port = 0;
  {
    FakeServer gone(kOk);
    closed_port = gone.port();
  }
  FakeServer silent("");
  CurlHttpClient client;
  auto late = client.send({.url = silent.url("/secret-path?token=secret"), .timeout = 100ms});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::retry_later);
  EXPECT_THAT(late.error().message, HasSubstr("did not answer within 100 ms"));
  EXPECT_THAT(late.error().message, Not(HasSubstr("secret")));
  auto absent = client.send({.url = fmt::format("http://user:secret@127.0.0.1:{}/", closed_port)});
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::retry_later);
  EXPECT_THAT(absent.error().message, Not(HasSubstr("secret")));
}

TEST(CurlHttpClient, BadRequestsAreNotSent) {
  CurlHttpClient client;
  for (std::string url : {"", "example.org", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/",
                          "http://", "http://a b/", "http://127.0.0.1:99999/", "http://127.0.0.1/\r\nX: y"}) {
    auto response = client.send({.url = url});
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().kind, ErrorKind::invalid_input) << url << ": " << response.error().message;
  }
  EXPECT_FALSE(client.send({.url = "http://127.0.0.1/", .headers = {{"A", "b\r\nC: d"}}}));
  EXPECT_FALSE(client.send({.method = "GET /x HTTP/1.1", .url = "http://127.0.0.1/"}));
}

TEST(CurlHttpClient, GuardRefusesPrivateAddressesAfterResolution) {
  FakeServer server(kOk);
  CurlHttpClient client({.allow_private_addresses = false});
  for (std::string host :
       {"127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"}) {
    auto response = client.send({.url = fmt::format("http://{}:{}/", host, server.port()), .timeout = 2s});
    ASSERT_FALSE(response) << host;
    EXPECT_EQ(response.error().kind, ErrorKind::forbidden) << host << ": " << response.error().message;
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(CurlHttpClient, IsSafeFromManyThreads) {
  FakeServer server(kOk);
  CurlHttpClient client;
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 25; ++j) good += client.send({.url = server.url()}).has_value();
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
  EXPECT_LE(server.connections(), 8);
}

TEST(CurlHttpClient, TalksOverAUnixSocket) {
  std::string folder = "/tmp/postroom-curl-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  std::string path = folder + "/control.sock";
  {
    FakeServer server(kOk, path);
    auto response = send_over_unix_socket(path, {.url = "http://postroom/status"});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "hello");
    EXPECT_THAT(server.last_request(), HasSubstr("Host: postroom\r\n"));
  }
  auto nobody = send_over_unix_socket(path, {.url = "http://postroom/status"});
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().kind, ErrorKind::retry_later);
  ::unlink(path.c_str());
  ::rmdir(folder.c_str());
}

}  // namespace
}  // namespace postroom::curl
