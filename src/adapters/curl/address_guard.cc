#include "adapters/curl/address_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace postroom::curl {
namespace {

struct Range4 {
  std::uint32_t first;
  int bits;
};

constexpr std::uint32_t ip4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// IANA IPv4 special-purpose registry (RFC 6890 and later), multicast and the reserved last block.
constexpr Range4 kNotPublic4[] = {
    {ip4(0, 0, 0, 0), 8},       {ip4(10, 0, 0, 0), 8},      {ip4(100, 64, 0, 0), 10},   {ip4(127, 0, 0, 0), 8},
    {ip4(169, 254, 0, 0), 16},  {ip4(172, 16, 0, 0), 12},   {ip4(192, 0, 0, 0), 24},    {ip4(192, 0, 2, 0), 24},
    {ip4(192, 31, 196, 0), 24}, {ip4(192, 52, 193, 0), 24}, {ip4(192, 88, 99, 0), 24},  {ip4(192, 168, 0, 0), 16},
    {ip4(192, 175, 48, 0), 24}, {ip4(198, 18, 0, 0), 15},   {ip4(198, 51, 100, 0), 24}, {ip4(203, 0, 113, 0), 24},
    {ip4(224, 0, 0, 0), 4},     {ip4(240, 0, 0, 0), 4},
};

bool is_public4(std::uint32_t address) {
  for (const Range4& range : kNotPublic4) {
    std::uint32_t mask = ~std::uint32_t{0} << (32 - range.bits);
    if ((address & mask) == range.first) return false;
  }
  return true;
}

using Bytes16 = std::array<std::uint8_t, 16>;

struct Range6 {
  Bytes16 first;
  int bits;
};

// Within 2000::/3, the only global unicast block given out: what is special all the same. NAT64 (64:ff9b::/96)
// and mapped addresses lie outside and are refused with the rest.
constexpr Range6 kNotPublic6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23},              // IETF protocol assignments, Teredo, ORCHID
    {{0x20, 0x01, 0x0d, 0xb8}, 32},              // documentation
    {{0x20, 0x02}, 16},                          // 6to4: carries any IPv4 address
    {{0x26, 0x20, 0x00, 0x4f, 0x80, 0x00}, 48},  // AS112
    {{0x3f, 0xff}, 20},                          // documentation
};

bool matches(const Bytes16& address, const Range6& range) {
  for (int bit = 0; bit < range.bits; bit += 8) {
    std::size_t i = static_cast<std::size_t>(bit / 8);
    int bits = std::min(8, range.bits - bit);
    std::uint8_t mask = static_cast<std::uint8_t>(0xFF << (8 - bits));
    if ((address.at(i) & mask) != (range.first.at(i) & mask)) return false;
  }
  return true;
}

bool is_public6(const Bytes16& address) {
  if ((address[0] & 0xE0) != 0x20) return false;
  for (const Range6& range : kNotPublic6)
    if (matches(address, range)) return false;
  return true;
}

}  // namespace

bool is_public_address(const sockaddr* address, std::size_t size) {
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    return is_public4(ntohl(v4.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    Bytes16 bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return is_public6(bytes);
  }
  return false;
}

bool is_public_address(std::string_view text) {
  std::string terminated(text);
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, terminated.c_str(), &v4.sin_addr) == 1)
    return is_public_address(reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET6, terminated.c_str(), &v6.sin6_addr) == 1)
    return is_public_address(reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
  return false;
}

}  // namespace postroom::curl
