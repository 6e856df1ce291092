// URLs that customers may try, through both clients. What must hold: none reaches a network of ours, and each is
// told why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "adapters/curl/curl_http_client.h"
#include "adapters/curl/curl_http_sender.h"
#include "adapters/curl/testing.h"

namespace postroom::curl {
namespace {

using namespace std::chrono_literals;
using curl::testing::FakeServer;
using ::testing::HasSubstr;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

struct Case {
  std::string name;
  std::string url;  // PORT stands for a server that listens
  std::string why;
  ErrorKind kind = ErrorKind::forbidden;
};

const Case kCases[] = {
    {"LoopbackIpv4", "http://127.0.0.1:PORT/", "a loopback address"},
    {"LoopbackIpv4Other", "http://127.8.9.1:PORT/", "a loopback address"},
    {"LoopbackName", "http://localhost:PORT/", "a loopback address"},
    {"LoopbackNameInCapitals", "http://LOCALHOST:PORT/", "a loopback address"},
    {"LoopbackDecimal", "http://2130706433:PORT/", "a loopback address"},              // decimal
    {"LoopbackHex", "http://0x7f000001:PORT/", "a loopback address"},                  // hexadecimal
    {"LoopbackOctal", "http://017700000001:PORT/", "a loopback address"},              // octal
    {"LoopbackHexPart", "http://0x7f.0.0.1:PORT/", "a loopback address"},              // mixed
    {"LoopbackOctalPart", "http://0177.0.0.1:PORT/", "a loopback address"},            // mixed
    {"LoopbackShort", "http://127.1:PORT/", "a loopback address"},                     // short
    {"LoopbackPercentEncoded", "http://%31%32%37.0.0.1:PORT/", "a loopback address"},  // percent-encoded
    {"UnspecifiedIpv4", "http://0.0.0.0:PORT/", "an address of no network"},  // which Linux takes for itself
    {"UnspecifiedIpv4Short", "http://0:PORT/", "an address of no network"},
    {"UnspecifiedIpv6", "http://[::]:PORT/", "an address of no network"},
    {"LoopbackIpv6", "http://[::1]:PORT/", "a loopback address"},
    {"LoopbackIpv6Long", "http://[0:0:0:0:0:0:0:1]:PORT/", "a loopback address"},
    {"MappedIpv6", "http://[::ffff:127.0.0.1]:PORT/", "stands for an IPv4 one"},
    {"MappedIpv6InHex", "http://[::ffff:7f00:1]:PORT/", "stands for an IPv4 one"},
    {"CompatibleIpv6", "http://[::127.0.0.1]:PORT/", "stands for an IPv4 one"},
    {"SixToFour", "http://[2002:7f00:1::]:PORT/", "stands for an IPv4 one"},
    {"Nat64", "http://[64:ff9b::7f00:1]:PORT/", "stands for an IPv4 one"},
    {"Nat64OfANetwork", "http://[64:ff9b:1::a00:1]:PORT/", "stands for an IPv4 one"},
    {"Teredo", "http://[2001:0:7f00:1::]:PORT/", "stands for an IPv4 one"},
    {"UniqueLocalIpv6", "http://[fd00::1]:PORT/", "a private address"},
    {"UniqueLocalIpv6Other", "http://[fc00:1::1]:PORT/", "a private address"},
    {"LinkLocalIpv6", "http://[fe80::1]:PORT/", "a link-local address"},
    {"LinkLocalIpv6WithLoopbackZone", "http://[fe80::1%25lo]:PORT/", "must not name a network interface"},
    {"LinkLocalIpv6WithZone", "http://[fe80::1%25eth0]:PORT/", "must not name a network interface"},
    {"PrivateTen", "http://10.0.0.1:PORT/", "a private address"},
    {"Private172", "http://172.16.5.4:PORT/", "a private address"},
    {"Private192", "http://192.168.0.1:PORT/", "a private address"},
    {"LinkLocalMetadata", "http://169.254.169.254:PORT/latest/meta-data", "a link-local address"},
    {"LinkLocalMetadataInHex", "http://0xa9fea9fe:PORT/", "a link-local address"},
    {"CarrierNat", "http://100.64.0.1:PORT/", "carrier's NAT"},
    {"Documentation", "http://192.0.2.7:PORT/", "documentation"},
    {"Multicast", "http://224.0.0.1:PORT/", "a multicast address"},
    {"Broadcast", "http://255.255.255.255:PORT/", "a reserved address"},
    {"UserAndPassword", "http://user:secret@127.0.0.1:PORT/", "must not hold a user name"},
    {"User", "http://user@public.example:PORT/", "must not hold a user name"},
    {"HostAsUser", "http://public.example@127.0.0.1:PORT/", "must not hold a user name"},
    {"PortOfSsh", "http://public.example:22/", "must not go to port 22"},
    {"PortOfMail", "https://public.example:25/", "must not go to port 25"},
    {"PortBelow1024", "http://public.example:1023/", "must not go to port 1023"},
    {"SchemeFtp", "ftp://public.example/", "must begin with http", ErrorKind::invalid_input},
    {"SchemeFile", "file:///etc/passwd", "must begin with http", ErrorKind::invalid_input},
    {"SchemeGopher", "gopher://127.0.0.1:PORT/", "must begin with http", ErrorKind::invalid_input},
    {"BackslashBeforeHost", "http://public.example:PORT\\@127.0.0.1/", "must not hold a user name"},
    {"PortTooLarge", "http://public.example:99999/", "", ErrorKind::invalid_input},
};

class CustomerUrls : public ::testing::Test {
 protected:
  std::string filled(std::string url) const {
    if (auto at = url.find("PORT"); at != std::string::npos) url.replace(at, 4, std::to_string(server_.port()));
    return url;
  }
  static Result<ports::HttpResponse> send_by(CurlHttpSender& sender, ports::HttpRequest request) {
    std::promise<Result<ports::HttpResponse>> promise;
    auto future = promise.get_future();
    sender.start(std::move(request), [&promise](Result<ports::HttpResponse> response, Duration) {
      promise.set_value(std::move(response));
    });
    return future.get();
  }
  FakeServer server_{kOk};
  CurlHttpClient client_{{.allow_private_addresses = false}};
  CurlHttpSender sender_{{.allow_private_addresses = false}};
};

class CustomerUrl : public CustomerUrls, public ::testing::WithParamInterface<Case> {};

TEST_P(CustomerUrl, IsRefusedWithTheReason) {
  const Case& c = GetParam();
  const ports::HttpRequest request{.method = "POST", .url = filled(c.url), .timeout = 2s};
  for (auto& response : {client_.send(request), send_by(sender_, request)}) {
    ASSERT_FALSE(response) << c.url;
    EXPECT_EQ(response.error().kind, c.kind) << c.url << ": " << response.error().message;
    EXPECT_THAT(response.error().message, HasSubstr(c.why)) << c.url;
    EXPECT_EQ(response.error().message.find("secret"), std::string::npos);
  }
  EXPECT_EQ(server_.connections(), 0);
}

INSTANTIATE_TEST_SUITE_P(All, CustomerUrl, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

// What a name was when somebody looked is nothing: the address that is connected to is looked at.
TEST_F(CustomerUrls, ANameThatChangesItsAddressIsRefusedWhenItIsConnectedTo) {
  for (std::string address : {"127.0.0.1", "10.0.0.1", "[::1]", "192.168.7.7,127.0.0.1"}) {
    const CurlOptions options{.allow_private_addresses = false,
                              .resolve = fmt::format("changing.example:{}:{}", server_.port(), address)};
    CurlHttpClient client(options);
    CurlHttpSender sender(options);
    const ports::HttpRequest request{.url = filled("http://changing.example:PORT/"), .timeout = 2s};
    for (auto& response : {client.send(request), send_by(sender, request)}) {
      ASSERT_FALSE(response) << address;
      EXPECT_EQ(response.error().kind, ErrorKind::forbidden) << response.error().message;
    }
  }
  EXPECT_EQ(server_.connections(), 0);
  // The same name, where private addresses are allowed: the name itself is no hindrance.
  CurlHttpClient open({.resolve = fmt::format("changing.example:{}:127.0.0.1", server_.port())});
  EXPECT_TRUE(open.send({.url = filled("http://changing.example:PORT/")}));
}

TEST_F(CustomerUrls, RedirectsAreNotFollowed) {
  FakeServer redirecting(fmt::format("HTTP/1.1 307 Temporary Redirect\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
                                     server_.url("/inside")));
  CurlHttpClient client;
  CurlHttpSender sender;
  const ports::HttpRequest request{.method = "POST", .url = redirecting.url(), .body = "x"};
  for (auto& response : {client.send(request), send_by(sender, request)}) {
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 307);
  }
  EXPECT_EQ(redirecting.connections(), 2);
  EXPECT_EQ(server_.connections(), 0);
}

}  // namespace
}  // namespace postroom::curl
