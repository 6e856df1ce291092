// Real sockets over loopback. Varied: what clients send, how slowly, how much of it, and when the server is
// told to stop. What must hold: every request gets a whole answer or a clean end, and nothing grows without limit.
#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <fstream>
#include <latch>

#include "base/log.h"
#include "http/server_test_support.h"

namespace postroom::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Response echo(Request& request) {
  if (request.path == "/throw") throw std::runtime_error("broken on purpose");
  if (request.path == "/large") return Response::text(200, std::string(3'000'000, 'L'));
  if (request.path == "/nothing") return Response::empty(204);
  return Response::text(200, request.method + " " + request.path + " " + request.body);
}

std::unique_ptr<Server> start(ServerOptions options = {}, RequestHandler handler = echo) {
  auto server = Server::start(std::move(options), std::move(handler));
  if (!server) throw std::runtime_error(server.error().message);
  return std::move(*server);
}

std::string get(std::string path) { return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"; }
std::string post(std::string path, std::string body) {
  return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

TEST(Server, KeepsConnectionsOpen) {
  auto server = start({.fixed_headers = {{"X-Frame-Options", "SAMEORIGIN"}}});
  RawClient client(server->port());
  for (int i = 0; i < 3; ++i) {
    client.send(post("//a//b", "body" + std::to_string(i)));
    std::string answer = client.read_answer();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\n\r\nPOST /a/b body" + std::to_string(i)));
    EXPECT_THAT(answer, HasSubstr("X-Frame-Options: SAMEORIGIN\r\n"));
    EXPECT_THAT(answer, HasSubstr("X-B3-SpanId: "));
    EXPECT_THAT(answer, Not(HasSubstr("Connection: close")));
  }
}

TEST(Server, AnIdleConnectionOutlivesTheShorterTimeouts) {
  // The short time-out makes the sweep come often.
  auto server = start({.header_timeout = 20ms, .body_timeout = 20ms, .idle_timeout = 20s});
  RawClient client(server->port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/again"));
    EXPECT_THAT(client.read_answer(), HasSubstr("GET /again"));
    std::this_thread::sleep_for(40ms);
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  auto server = start();
  RawClient client(server->port());
  std::string all;
  for (int i = 0; i < 50; ++i)
    all += post("/" + std::to_string(i), std::string(static_cast<std::size_t>(i) * 100, 'b'));
  client.send(all);
  for (int i = 0; i < 50; ++i) EXPECT_THAT(client.read_answer(), HasSubstr("POST /" + std::to_string(i) + " "));
}

TEST(Server, EchoesTheTraceId) {
  auto server = start();
  RawClient client(server->port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Amz-Cf-Id: abc\r\n\r\n");
  EXPECT_THAT(client.read_answer(), HasSubstr("X-B3-TraceId: abc\r\n"));
}

TEST(Server, HeadHasNoBody) {
  auto server = start();
  RawClient client(server->port());
  client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n" + get("/y"));
  EXPECT_THAT(client.read_answer(false), HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(client.read_answer(), HasSubstr("GET /y"));
}

TEST(Server, LargeAnswersArriveWhole) {
  auto server = start();
  RawClient client(server->port());
  client.send(get("/large"));
  EXPECT_GT(client.read_answer().size(), 3'000'000u);
  client.send(get("/nothing"));
  EXPECT_EQ(status_of(client.read_answer()), 204);
}

TEST(Server, ClosesWhenAsked) {
  auto server = start();
  for (std::string request : {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    RawClient client(server->port());
    client.send(request);
    EXPECT_THAT(client.read_answer(), HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(client.sees_clean_end());
  }
}

TEST(Server, AnswersAHalfClosedClient) {
  auto server = start();
  RawClient client(server->port());
  client.send(post("/half", "x"));
  client.shutdown_send();
  EXPECT_THAT(client.read_answer(), HasSubstr("POST /half x"));
  EXPECT_TRUE(client.sees_clean_end());
}

TEST(Server, SaysContinueOnce) {
  auto server = start();
  RawClient client(server->port());
  client.send("POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("bo");
  client.send("dy");
  EXPECT_THAT(client.read_answer(), HasSubstr("200 OK"));
}

TEST(Server, RefusesABodyTooLargeInTheCallersShape) {
  auto refuse = [](int status, const Request& request) {
    return Response::json(status, "refused " + request.path);
  };
  auto server = start({.max_body_bytes = 1000, .make_refusal = refuse});
  RawClient client(server->port());
  // The whole upload fits into the discard limit: the client must get the answer, not a reset.
  client.send("POST /v2/x HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n");
  client.send(std::string(500'000, 'u'));
  std::string answer = client.read_answer();
  EXPECT_EQ(status_of(answer), 413);
  EXPECT_THAT(answer, HasSubstr("refused /v2/x"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(client.sees_clean_end());
}

TEST(Server, OneAddressMayTakeLargerBodies) {
  auto server = start({.max_body_bytes = 1000, .body_limits = {{"/large/one", 5000}}});
  const std::tuple<const char*, int, int> cases[] = {
      {"/large/one", 5000, 200},       {"/large/one", 5001, 413},
      {"//large//one?a=1", 5000, 200}, {"/large/one/x", 1001, 413},
      {"/very/large/one", 1001, 413},  {"/x?/large/one", 1001, 413},
      {"/large/one", 1001, 200},       {"/x", 1000, 200},
  };
  for (auto [target, size, status] : cases) {
    RawClient client(server->port());
    client.send("POST " + std::string(target) + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) +
                "\r\n\r\n" + std::string(static_cast<std::size_t>(size), 'u'));
    EXPECT_EQ(status_of(client.read_answer()), status) << target << ' ' << size;
  }
  // The next request on the same connection has its own limit again.
  RawClient client(server->port());
  client.send("POST /large/one HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'u'));
  EXPECT_EQ(status_of(client.read_answer()), 200);
  client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'u'));
  EXPECT_EQ(status_of(client.read_answer()), 413);
}

TEST(Server, DoesNotAskForABodyThatIsTooLarge) {
  auto server = start({.max_body_bytes = 1000});
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(status_of(client.read_answer()), 413);
}

TEST(Server, RefusesHeadersTooLargeAndMalformedRequests) {
  auto server = start({.max_header_bytes = 2000});
  RawClient large(server->port());
  large.send("GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(5000, 'x') + "\r\n\r\n");
  EXPECT_EQ(status_of(large.read_answer()), 431);
  EXPECT_TRUE(large.sees_clean_end());
  RawClient malformed(server->port());
  malformed.send("\x16\x03\x01\x02 hello\r\n\r\n");
  EXPECT_EQ(status_of(malformed.read_answer()), 400);
  EXPECT_TRUE(malformed.sees_clean_end());
}

TEST(Server, RefusesAnEndlessChunkHeader) {
  auto server = start();
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;");
  client.send(std::string(200'000, 'x'));
  EXPECT_EQ(status_of(client.read_answer()), 400);
}

TEST(Server, EndsSlowRequests) {
  auto server = start({.header_timeout = 60ms, .body_timeout = 60ms, .idle_timeout = 60ms});
  RawClient slow_header(server->port()), slow_body(server->port()), idle(server->port());
  slow_header.send("GET / HT");
  slow_body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
  EXPECT_EQ(status_of(slow_header.read_answer()), 408);
  EXPECT_EQ(status_of(slow_body.read_answer()), 408);
  EXPECT_TRUE(idle.sees_clean_end());
}

TEST(Server, ADrippingHeaderDoesNotExtendItsTime) {
  auto server = start({.header_timeout = 80ms});
  RawClient client(server->port());
  auto begin = std::chrono::steady_clock::now();
  client.send("GET / HTTP/1.1\r\n");
  std::thread dripper([&] {
    for (int i = 0; i < 200 && client.send("a: b\r\n"); ++i) std::this_thread::sleep_for(5ms);
  });
  EXPECT_EQ(status_of(client.read_answer()), 408);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 900ms);
  client.shutdown_send();
  dripper.join();
}

TEST(Server, AHandlerThatThrowsGives500AndALogLine) {
  std::string logged;
  set_log_sink([&](std::string_view line) { logged += line; });
  auto server = start();
  RawClient client(server->port());
  client.send(get("/throw"));
  EXPECT_EQ(status_of(client.read_answer()), 500);
  client.send(get("/after"));
  EXPECT_THAT(client.read_answer(), HasSubstr("GET /after"));
  server->drain(1s);
  set_log_sink(nullptr);
  EXPECT_THAT(logged, HasSubstr("broken on purpose"));
}

TEST(Server, LogsRequestsWithoutTheirQuery) {
  std::string logged;
  set_log_sink([&](std::string_view line) { logged += line; });
  auto server = start({.log_requests = true});
  RawClient client(server->port());
  client.send(get("/path?to=secret"));
  client.read_answer();
  server->drain(1s);
  set_log_sink(nullptr);
  EXPECT_THAT(logged, HasSubstr("\"/path\""));
  EXPECT_THAT(logged, Not(HasSubstr("secret")));
}

TEST(Server, AFullQueueGives503WithRetryAfter) {
  std::latch release(1);
  std::atomic<int> running{0};
  auto server = start({.worker_threads = 2, .max_queue = 3}, [&](Request&) {
    ++running;
    release.wait();
    return Response::text(200, "done");
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  // Two run, three wait; the sixth is one too many.
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    clients.back()->send(get("/"));
    while (running < i + 1) std::this_thread::yield();
  }
  std::atomic<int> refused{0}, served{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&] {
      RawClient client(server->port());
      client.send(get("/"));
      std::string answer = client.read_answer();
      if (status_of(answer) == 200) ++served;
      if (status_of(answer) != 503) return;
      EXPECT_THAT(answer, HasSubstr("Retry-After: "));
      // The connection stays usable.
      EXPECT_THAT(answer, Not(HasSubstr("Connection: close")));
      if (++refused == 3) release.count_down();
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(served, 3);
  for (auto& client : clients) EXPECT_EQ(status_of(client->read_answer()), 200);
}

TEST(Server, RunsAsManyHandlersAtOnceAsItHasWorkers) {
  std::latch all_here(8);
  auto server = start({.worker_threads = 8}, [&](Request&) {
    all_here.arrive_and_wait();
    return Response::empty(204);
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    clients.back()->send(get("/"));
  }
  for (auto& client : clients) EXPECT_EQ(status_of(client->read_answer()), 204);
}

TEST(Server, BeyondTheConnectionLimitNewOnesWaitAndIdleOnesGo) {
  auto server = start({.idle_timeout = 20s, .max_connections = 2});
  RawClient first(server->port()), second(server->port()), third(server->port());
  for (RawClient* client : {&first, &second}) {
    client->send(get("/"));
    EXPECT_EQ(status_of(client->read_answer()), 200);
  }
  third.send(get("/third"));
  EXPECT_THAT(third.read_answer(), HasSubstr("GET /third"));
}

TEST(Server, DrainUnderLoadCutsNobody) {
  auto server = start({.io_threads = 2}, [](Request&) {
    std::this_thread::sleep_for(1ms);
    return Response::text(200, "ok");
  });
  std::atomic<bool> broken{false};
  std::atomic<int> served{0}, connected{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&, port = server->port()] {
      RawClient client(port);
      connected += client.connected();
      while (client.send(get("/"))) {
        std::string answer = client.read_answer();
        if (status_of(answer) != 200) {
          broken = true;
          return;
        }
        ++served;
        if (answer.find("Connection: close") != std::string::npos) return;
      }
      broken = true;
    });
  while (served < 200 || connected < 16) std::this_thread::yield();
  RawClient idle(server->port());
  EXPECT_EQ(server->drain(5s), 0);
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(broken);
  EXPECT_TRUE(idle.sees_clean_end());
  EXPECT_FALSE(RawClient(server->port()).connected());
}

TEST(Server, DrainCutsWhatIsLeftAtTheDeadline) {
  auto server = start();
  RawClient stuck(server->port());
  stuck.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nx");
  RawClient probe(server->port());
  probe.send(get("/"));
  probe.read_answer();
  probe.close();
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(server->drain(150ms), 1);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  EXPECT_EQ(server->drain(150ms), 1);
}

TEST(Server, UnixSocketIsPrivateAndReplacesADeadOne) {
  TemporaryFolder folder;
  std::string path = folder.file("control.sock");
  auto server = start({.unix_socket_path = path});
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  RawClient client(path);
  client.send(get("/control"));
  EXPECT_THAT(client.read_answer(), HasSubstr("GET /control"));

  auto second = Server::start({.unix_socket_path = path}, echo);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("already runs"));

  server.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
  int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  ASSERT_EQ(::bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(dead);
  server = start({.unix_socket_path = path});
  RawClient again(path);
  again.send(get("/again"));
  EXPECT_THAT(again.read_answer(), HasSubstr("GET /again"));
}

TEST(Server, UnixSocketErrorsNameTheRemedy) {
  TemporaryFolder folder;
  std::ofstream(folder.file("plain")) << "precious";
  auto in_the_way = Server::start({.unix_socket_path = folder.file("plain")}, echo);
  ASSERT_FALSE(in_the_way);
  EXPECT_THAT(in_the_way.error().message, HasSubstr("not a socket"));
  EXPECT_TRUE(std::filesystem::exists(folder.file("plain")));
  auto no_folder = Server::start({.unix_socket_path = folder.file("none/control.sock")}, echo);
  ASSERT_FALSE(no_folder);
  EXPECT_THAT(no_folder.error().message, HasSubstr("does not exist"));
  auto too_long = Server::start({.unix_socket_path = folder.file(std::string(200, 'x'))}, echo);
  ASSERT_FALSE(too_long);
  EXPECT_THAT(too_long.error().message, HasSubstr("at most 107 bytes"));
}

TEST(Server, AddressErrorsNameTheSettingAndTheRemedy) {
  auto server = start();
  auto in_use = Server::start({.port = server->port()}, echo);
  ASSERT_FALSE(in_use);
  EXPECT_EQ(in_use.error().kind, ErrorKind::conflict);
  EXPECT_EQ(in_use.error().message,
            fmt::format("--api 127.0.0.1:{} is in use by another program: stop it or choose another "
                        "port with --api",
                        server->port()));
  auto bad = Server::start({.address = "nowhere", .setting_name = "--web"}, echo);
  ASSERT_FALSE(bad);
  EXPECT_THAT(bad.error().message, StartsWith("--web nowhere: not an IP address"));
  auto foreign = Server::start({.address = "198.51.100.7"}, echo);
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error().message, HasSubstr("no such address"));
}

TEST(Server, EndpointsAreParsed) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:6011", "--api")->port, 6011);
  EXPECT_EQ(parse_endpoint("[::1]:0", "--api")->address, "::1");
  EXPECT_EQ(parse_endpoint("localhost:1", "--api")->address, "127.0.0.1");
  EXPECT_EQ(parse_endpoint("*:1", "--api")->address, "0.0.0.0");
  for (std::string bad :
       {"", "127.0.0.1", ":80", "host:80", "::1:80", "1.2.3.4:65536", "1.2.3.4:-1", "[1.2.3.4]:80", "[]:1"}) {
    auto result = parse_endpoint(bad, "--api");
    ASSERT_FALSE(result) << bad;
    EXPECT_THAT(result.error().message, HasSubstr("write for example --api 127.0.0.1:6011"));
  }
}

// A TLS client on top of a raw one.
struct TlsClient {
  explicit TlsClient(std::uint16_t port, int version = 0)
      : raw(port), context(SSL_CTX_new(TLS_client_method())), ssl(SSL_new(context)) {
    if (version != 0) SSL_set_max_proto_version(ssl, version);
    SSL_set_fd(ssl, raw.fd());
    connected = SSL_connect(ssl) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  std::string ask(const std::string& request) {
    SSL_write(ssl, request.data(), static_cast<int>(request.size()));
    std::string out;
    char bytes[4096];
    while (out.find("\r\n\r\n") == std::string::npos) {
      int size = SSL_read(ssl, bytes, sizeof bytes);
      if (size <= 0) break;
      out.append(bytes, static_cast<std::size_t>(size));
    }
    return out;
  }
  RawClient raw;
  SSL_CTX* context;
  SSL* ssl;
  bool connected = false;
};

TEST(Server, SpeaksTls) {
  TemporaryFolder folder;
  write_certificate(folder.file("cert.pem"), folder.file("key.pem"));
  auto server = start({.max_body_bytes = 1000,
                       .header_timeout = 200ms,
                       .tls_certificate_path = folder.file("cert.pem"),
                       .tls_key_path = folder.file("key.pem")});
  EXPECT_THAT(server->url(), StartsWith("https://127.0.0.1:"));
  TlsClient client(server->port());
  ASSERT_TRUE(client.connected);
  EXPECT_THAT(client.ask(get("/one")), HasSubstr("GET /one"));
  EXPECT_THAT(client.ask(get("/two")), HasSubstr("GET /two"));
  TlsClient large(server->port());
  EXPECT_EQ(status_of(large.ask(post("/", std::string(50'000, 'x')))), 413);
  EXPECT_FALSE(TlsClient(server->port(), TLS1_1_VERSION).connected);
  // Somebody who speaks plain HTTP, and somebody who says nothing, are let go.
  RawClient plain(server->port()), silent(server->port());
  plain.send(get("/"));
  plain.read_answer();
  EXPECT_TRUE(silent.sees_clean_end());
  EXPECT_EQ(server->drain(2s), 0);
}

TEST(Server, TlsErrorsNameTheFile) {
  TemporaryFolder folder;
  std::string cert = folder.file("cert.pem"), key = folder.file("key.pem");
  write_certificate(cert, key);
  auto missing = Server::start({.tls_certificate_path = folder.file("none.pem"), .tls_key_path = key}, echo);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("none.pem: cannot be read"));
  auto no_key = Server::start({.tls_certificate_path = cert, .tls_key_path = cert}, echo);
  ASSERT_FALSE(no_key);
  EXPECT_THAT(no_key.error().message, StartsWith("TLS key "));
  auto half = Server::start({.tls_certificate_path = cert}, echo);
  ASSERT_FALSE(half);
  write_certificate(folder.file("other.pem"), folder.file("other-key.pem"));
  auto mixed = Server::start({.tls_certificate_path = cert, .tls_key_path = folder.file("other-key.pem")}, echo);
  ASSERT_FALSE(mixed);
}

}  // namespace
}  // namespace postroom::http
