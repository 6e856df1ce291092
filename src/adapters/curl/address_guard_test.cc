// Varied: the edges of every special range. What must hold: nothing inside a network of ours is public.
#include "adapters/curl/address_guard.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

namespace postroom::curl {
namespace {

TEST(AddressGuard, PublicAddresses) {
  for (const char* address :
       {"1.1.1.1",         "8.8.8.8",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
        "100.128.0.0",     "126.255.255.255", "128.0.0.0",       "169.253.255.255", "169.255.0.0",
        "172.15.255.255",  "172.32.0.0",      "192.0.1.0",       "192.167.255.255", "192.169.0.0",
        "198.17.255.255",  "198.20.0.0",      "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
        "2001:4860::8888", "2003::1"})
    EXPECT_TRUE(is_public_address(address)) << address;
}

TEST(AddressGuard, SpecialAddresses) {
  for (const char* address : {"0.0.0.0",
                              "0.255.255.255",
                              "10.0.0.0",
                              "10.255.255.255",
                              "100.64.0.0",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.255.255",
                              "169.254.0.0",
                              "169.254.169.254",
                              "172.16.0.0",
                              "172.31.255.255",
                              "192.0.0.1",
                              "192.0.2.1",
                              "192.168.0.1",
                              "192.168.255.255",
                              "198.18.0.0",
                              "198.19.255.255",
                              "198.51.100.1",
                              "203.0.113.1",
                              "224.0.0.1",
                              "239.255.255.255",
                              "240.0.0.0",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::ffff:10.0.0.1",
                              "::ffff:8.8.8.8",
                              "::8.8.8.8",
                              "64:ff9b::808:808",
                              "100::1",
                              "2001::1",
                              "2001:1ff::1",
                              "2001:db8::1",
                              "2002:a00:1::",
                              "2620:4f:8000::1",
                              "3fff:fff::1",
                              "4000::1",
                              "fc00::1",
                              "fdff::1",
                              "fe80::1",
                              "fec0::1",
                              "ff02::1",
                              "",
                              "nonsense",
                              "1.2.3"})
    EXPECT_FALSE(is_public_address(address)) << address;
}

TEST(AddressGuard, SaysWhatKindOfAddressItIs) {
  auto kind = [](const char* text) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
      return special_address_kind(reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    EXPECT_EQ(inet_pton(AF_INET6, text, &v6.sin6_addr), 1) << text;
    return special_address_kind(reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
  };
  for (auto [address, expected] : {std::pair{"8.8.8.8", ""},
                                   {"2606:4700::1111", ""},
                                   {"127.0.0.1", "a loopback address"},
                                   {"::1", "a loopback address"},
                                   {"10.1.2.3", "a private address"},
                                   {"172.20.0.1", "a private address"},
                                   {"192.168.1.1", "a private address"},
                                   {"fd00::1", "a private address"},
                                   {"169.254.169.254", "a link-local address"},
                                   {"fe80::1", "a link-local address"},
                                   {"100.64.0.1", "an address behind a carrier's NAT"},
                                   {"0.0.0.0", "an address of no network"},
                                   {"::", "an address of no network"},
                                   {"::ffff:10.0.0.1", "an IPv6 address that stands for an IPv4 one"},
                                   {"::127.0.0.1", "an IPv6 address that stands for an IPv4 one"},
                                   {"64:ff9b::7f00:1", "an IPv6 address that stands for an IPv4 one"},
                                   {"64:ff9b:1::7f00:1", "an IPv6 address that stands for an IPv4 one"},
                                   {"2002:7f00:1::", "an IPv6 address that stands for an IPv4 one"},
                                   {"2001:0:7f00:1::", "an IPv6 address that stands for an IPv4 one"},
                                   {"224.0.0.1", "a multicast address"},
                                   {"ff02::1", "a multicast address"},
                                   {"192.0.2.1", "an address for documentation"},
                                   {"2001:db8::1", "an address for documentation"},
                                   {"255.255.255.255", "a reserved address"},
                                   {"4000::1", "a reserved address"}})
    EXPECT_EQ(kind(address), expected) << address;
}

TEST(AddressGuard, OtherFamiliesAndShortAddresses) {
  sockaddr address{};
  address.sa_family = AF_UNIX;
  EXPECT_FALSE(is_public_address(&address, sizeof address));
  address.sa_family = AF_INET6;
  EXPECT_FALSE(is_public_address(&address, sizeof address));
}

}  // namespace
}  // namespace postroom::curl
