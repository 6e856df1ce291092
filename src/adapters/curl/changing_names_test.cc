// Names whose answers change between two looks at them. The resolver here is the one that libcurl asks: this
// program's getaddrinfo() stands in front of the C library's.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>

#include <future>
#include <map>
#include <mutex>

#include "adapters/curl/address_guard.h"
#include "adapters/curl/curl_http_client.h"
#include "adapters/curl/curl_http_sender.h"
#include "adapters/curl/testing.h"

namespace postroom::curl {
namespace {

using namespace std::chrono_literals;
using curl::testing::FakeServer;
using ::testing::HasSubstr;

constexpr std::string_view kZone = ".changing.example";
constexpr const char* kPublic = "93.184.215.14";

// Answers for names in kZone: the first look, and all that follow.
struct Names {
  std::mutex mutex;
  std::string first, later;
  std::map<std::string, int, std::less<>> looks;

  std::string next(std::string_view host) {
    std::lock_guard lock(mutex);
    return looks[std::string(host)]++ == 0 ? first : later;
  }
  int count(std::string_view host) {
    std::lock_guard lock(mutex);
    const auto found = looks.find(host);
    return found == looks.end() ? 0 : found->second;
  }
};
Names& names() {
  static Names all;
  return all;
}

// The address in its text form, asked for the way any program does.
std::string look_up(const std::string& host, std::string& kind) {
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), "443", nullptr, &found) != 0) return "";
  char text[INET6_ADDRSTRLEN] = {};
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(found->ai_addr);
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(found->ai_addr);
  const void* bytes = found->ai_family == AF_INET ? static_cast<const void*>(&v4->sin_addr) : &v6->sin6_addr;
  ::inet_ntop(found->ai_family, bytes, text, sizeof text);
  kind = special_address_kind(found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  return text;
}

struct Change {
  std::string name, later, why;
};

const Change kChanges[] = {
    {"loopback", "127.0.0.1", "a loopback address"},
    {"private-ten", "10.0.0.1", "a private address"},
    {"private-home", "192.168.1.1", "a private address"},
    {"link-local", "169.254.169.254", "a link-local address"},
    {"unspecified", "0.0.0.0", "an address of no network"},
    {"loopback-six", "::1", "a loopback address"},
    {"unspecified-six", "::", "an address of no network"},
    {"mapped", "::ffff:127.0.0.1", "stands for an IPv4 one"},
    {"six-to-four", "2002:7f00:1::", "stands for an IPv4 one"},
    {"nat64", "64:ff9b::7f00:1", "stands for an IPv4 one"},
    {"unique-local", "fd00::1", "a private address"},
    {"link-local-six", "fe80::1", "a link-local address"},
};

class ChangingNames : public ::testing::Test {
 protected:
  static Result<ports::HttpResponse> send_by(CurlHttpSender& sender, ports::HttpRequest request) {
    std::promise<Result<ports::HttpResponse>> promise;
    auto future = promise.get_future();
    sender.start(std::move(request), [&promise](Result<ports::HttpResponse> response, Duration) {
      promise.set_value(std::move(response));
    });
    return future.get();
  }
  void expect_refused(const Change& change, std::string_view by,
                      const std::function<Result<ports::HttpResponse>(ports::HttpRequest)>& send) {
    const std::string host = fmt::format("{}-{}{}", change.name, by, kZone);
    names().later = change.later;
    std::string kind;
    EXPECT_EQ(look_up(host, kind), kPublic);
    EXPECT_EQ(kind, "") << "whoever looks beforehand finds nothing wrong";
    const auto response =
        send({.method = "POST", .url = fmt::format("http://{}:{}/", host, server_.port()), .timeout = 2s});
    EXPECT_GE(names().count(host), 2) << host << " was not looked up anew for the connection";
    ASSERT_FALSE(response) << host;
    EXPECT_EQ(response.error().kind, ErrorKind::forbidden) << response.error().message;
    EXPECT_THAT(response.error().message, HasSubstr(host));
    EXPECT_THAT(response.error().message, HasSubstr(change.why)) << host;
    EXPECT_EQ(server_.connections(), 0) << host;
  }
  void SetUp() override { names().first = kPublic; }

  FakeServer server_{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
};

TEST_F(ChangingNames, APublicAddressAtALookAndAPrivateOneAtConnectingIsRefusedByTheClient) {
  CurlHttpClient client({.allow_private_addresses = false});
  for (const Change& change : kChanges)
    expect_refused(change, "client", [&](const ports::HttpRequest& request) { return client.send(request); });
}

TEST_F(ChangingNames, APublicAddressAtALookAndAPrivateOneAtConnectingIsRefusedByTheSender) {
  CurlHttpSender sender({.allow_private_addresses = false});
  for (const Change& change : kChanges) {
    expect_refused(change, "sender",
                   [&](ports::HttpRequest request) { return send_by(sender, std::move(request)); });
  }
}

// What says that the resolver of this file is asked at all, and that the address alone is what is refused.
TEST_F(ChangingNames, WherePrivateAddressesAreAllowedTheSameNameIsConnectedTo) {
  names().first = names().later = "127.0.0.1";
  CurlHttpSender sender;
  const std::string url = fmt::format("http://allowed{}:{}/", kZone, server_.port());
  ASSERT_TRUE(send_by(sender, {.url = url, .timeout = 2s}));
  EXPECT_EQ(server_.connections(), 1);
}

}  // namespace

// For getaddrinfo() below, which must have no namespace.
std::optional<std::string> changing_address(const char* host) {
  if (host == nullptr || !std::string_view(host).ends_with(kZone)) return {};
  return names().next(host);
}

}  // namespace postroom::curl

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  using Function = int(const char*, const char*, const addrinfo*, addrinfo**);
  static Function* const real = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  const auto address = postroom::curl::changing_address(host);
  if (!address) return real(host, service, hints, found);
  // The C library makes the list, so that its freeaddrinfo() can free it. Whoever asks for one family only gets
  // that.
  addrinfo numeric{};
  if (hints != nullptr) numeric.ai_socktype = hints->ai_socktype;
  numeric.ai_flags = AI_NUMERICHOST;
  return real(address->c_str(), service, &numeric, found);
}
