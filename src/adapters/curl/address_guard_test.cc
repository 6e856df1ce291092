// Varied: the edges of every special range. What must hold: nothing inside a network of ours is public.
#include "adapters/curl/address_guard.h"

#include <gtest/gtest.h>

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

TEST(AddressGuard, OtherFamiliesAndShortAddresses) {
  sockaddr address{};
  address.sa_family = AF_UNIX;
  EXPECT_FALSE(is_public_address(&address, sizeof address));
  address.sa_family = AF_INET6;
  EXPECT_FALSE(is_public_address(&address, sizeof address));
}

}  // namespace
}  // namespace postroom::curl
