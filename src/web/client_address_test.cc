// Varied: peers and forwarded entries. A client must not be able to choose what it is counted as.
#include "web/client_address.h"

#include <gtest/gtest.h>

namespace postroom::web {
namespace {

http::Request from(std::string peer, std::vector<std::string> forwarded = {}) {
  http::Request request;
  request.remote_address = std::move(peer);
  for (std::string& value : forwarded) request.headers.emplace_back("x-forwarded-for", std::move(value));
  return request;
}

TEST(ClientAddress, IsThePeerUnlessBehindAProxy) {
  const http::Request request = from("192.0.2.1", {"198.51.100.7, 203.0.113.9"});
  EXPECT_EQ(client_of(request, false), "192.0.2.1");
  EXPECT_EQ(client_of(request, true), "203.0.113.9") << "the entry that the proxy wrote";
  EXPECT_EQ(client_of(from("192.0.2.1", {"203.0.113.9", "198.51.100.7"}), true), "198.51.100.7");
  EXPECT_EQ(client_of(from("192.0.2.1"), true), "192.0.2.1");
  EXPECT_EQ(client_of(from("192.0.2.1", {""}), true), "192.0.2.1");
}

TEST(ClientAddress, CountsIpv6ByNetwork) {
  EXPECT_EQ(client_of(from("2001:db8:1:2::3"), false), "20010db800010002/64");
  EXPECT_EQ(client_of(from("2001:db8:1:2:ffff::1"), false), "20010db800010002/64");
  EXPECT_NE(client_of(from("2001:db8:1:3::3"), false), "20010db800010002/64");
  EXPECT_EQ(client_of(from("::ffff:192.0.2.1"), false), "192.0.2.1");
  EXPECT_EQ(client_of(from(std::string(200, 'x')), false).size(), kClientTextMax);
}

}  // namespace
}  // namespace postroom::web
