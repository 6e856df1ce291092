#include "adapters/curl/address_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace postroom::curl {
namespace {

struct Range4 {
  std::uint32_t first;
  int bits;
  std::string_view kind;
};

constexpr std::uint32_t ip4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr std::string_view kThisNetwork = "an address of no network";
constexpr std::string_view kPrivate = "a private address";
constexpr std::string_view kLoopback = "a loopback address";
constexpr std::string_view kLinkLocal = "a link-local address";
constexpr std::string_view kReserved = "a reserved address";
constexpr std::string_view kDocumentation = "an address for documentation";
constexpr std::string_view kMulticast = "a multicast address";
constexpr std::string_view kTranslated = "an IPv6 address that stands for an IPv4 one";

// IANA IPv4 special-purpose registry (RFC 6890 and later), multicast and the reserved last block.
constexpr Range4 kSpecial4[] = {
    {ip4(0, 0, 0, 0), 8, kThisNetwork},
    {ip4(10, 0, 0, 0), 8, kPrivate},
    {ip4(100, 64, 0, 0), 10, "an address behind a carrier's NAT"},
    {ip4(127, 0, 0, 0), 8, kLoopback},
    {ip4(169, 254, 0, 0), 16, kLinkLocal},
    {ip4(172, 16, 0, 0), 12, kPrivate},
    {ip4(192, 0, 0, 0), 24, kReserved},
    {ip4(192, 0, 2, 0), 24, kDocumentation},
    {ip4(192, 31, 196, 0), 24, kReserved},
    {ip4(192, 52, 193, 0), 24, kReserved},
    {ip4(192, 88, 99, 0), 24, kReserved},
    {ip4(192, 168, 0, 0), 16, kPrivate},
    {ip4(192, 175, 48, 0), 24, kReserved},
    {ip4(198, 18, 0, 0), 15, kReserved},
    {ip4(198, 51, 100, 0), 24, kDocumentation},
    {ip4(203, 0, 113, 0), 24, kDocumentation},
    {ip4(224, 0, 0, 0), 4, kMulticast},
    {ip4(240, 0, 0, 0), 4, kReserved},
};

std::string_view kind_of4(std::uint32_t address) {
  for (const Range4& range : kSpecial4) {
    std::uint32_t mask = ~std::uint32_t{0} << (32 - range.bits);
    if ((address & mask) == range.first) return range.kind;
  }
  return {};
}

using Bytes16 = std::array<std::uint8_t, 16>;

struct Range6 {
  Bytes16 first;
  int bits;
  std::string_view kind;
};

// 2000::/3 is the only global unicast block given out: first what is special in it all the same, then what lies
// outside and has a name.
constexpr Range6 kSpecial6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 32, kTranslated},  // Teredo
    {{0x20, 0x01, 0x00, 0x00}, 23, kReserved},    // IETF protocol assignments, ORCHID
    {{0x20, 0x01, 0x0d, 0xb8}, 32, kDocumentation},
    {{0x20, 0x02}, 16, kTranslated},                        // 6to4
    {{0x26, 0x20, 0x00, 0x4f, 0x80, 0x00}, 48, kReserved},  // AS112
    {{0x3f, 0xff}, 20, kDocumentation},
    {{0x00, 0x64, 0xff, 0x9b}, 32, kTranslated},  // NAT64, of providers and of networks
    {{0xfc}, 7, kPrivate},
    {{0xfe, 0x80}, 10, kLinkLocal},
    {{0xff}, 8, kMulticast},
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

std::string_view kind_of6(const Bytes16& address) {
  constexpr Bytes16 kLocal{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  if (address == Bytes16{}) return kThisNetwork;
  if (address == kLocal) return kLoopback;
  // ::ffff:0:0/96 (mapped) and ::/96 (compatible).
  const bool has_zeros = std::all_of(address.begin(), address.begin() + 10, [](std::uint8_t b) { return b == 0; });
  if (has_zeros && address[10] == address[11] && (address[10] == 0 || address[10] == 0xff)) return kTranslated;
  for (const Range6& range : kSpecial6)
    if (matches(address, range)) return range.kind;
  return (address[0] & 0xE0) == 0x20 ? std::string_view{} : kReserved;
}

}  // namespace

std::string_view special_address_kind(const sockaddr* address, std::size_t size) {
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    return kind_of4(ntohl(v4.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    Bytes16 bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return kind_of6(bytes);
  }
  return "an address of another kind";
}

bool is_public_address(const sockaddr* address, std::size_t size) {
  return special_address_kind(address, size).empty();
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
