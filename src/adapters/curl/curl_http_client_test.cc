// A small HTTP server on a thread that sends what it is told. Varied: answers, sizes, silence, addresses. What
// must hold: every complete answer is a value, everything else an error that says whether to try again.
#include "adapters/curl/curl_http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "adapters/curl/testing.h"

namespace postroom::curl {
namespace {

using namespace std::chrono_literals;
using curl::testing::FakeServer;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

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

TEST(CurlHttpClient, ItSaysWhetherARequestWentOut) {
  std::uint16_t closed_port = 0;
  {
    FakeServer gone(kOk);
    closed_port = gone.port();
  }
  CurlHttpClient client;
  ports::HttpProgress progress{.was_sent = true};
  EXPECT_FALSE(client.send({.method = "POST",
                            .url = fmt::format("http://127.0.0.1:{}/", closed_port),
                            .body = "x",
                            .progress = &progress}));
  EXPECT_FALSE(progress.was_sent) << "nobody was there";
  EXPECT_FALSE(client.send({.method = "POST", .url = "http://no-such-host.invalid/", .progress = &progress}));
  EXPECT_FALSE(progress.was_sent);
  FakeServer silent("");
  EXPECT_FALSE(
      client.send({.method = "POST", .url = silent.url(), .body = "x", .timeout = 200ms, .progress = &progress}));
  EXPECT_TRUE(progress.was_sent) << "no answer came";
  FakeServer server(kOk);
  progress.was_sent = false;
  EXPECT_TRUE(client.send({.method = "POST", .url = server.url(), .body = "x", .progress = &progress}));
  EXPECT_TRUE(progress.was_sent);
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
