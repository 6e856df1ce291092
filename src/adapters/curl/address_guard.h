// Which addresses a URL chosen by a customer may lead to. Pure.
#pragma once

#include <sys/socket.h>

#include <string_view>

namespace postroom::curl {

// True for globally reachable unicast addresses only. False for private, loopback, link-local, carrier-grade
// NAT, documentation, benchmark, multicast and reserved ranges of the IANA special-purpose registries, for
// IPv6 forms that carry such an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo), and for any family but
// IPv4 and IPv6.
bool is_public_address(const sockaddr* address, std::size_t size);
// What kind of address it is otherwise, for messages: "a loopback address"; empty for a public one.
std::string_view special_address_kind(const sockaddr* address, std::size_t size);
// The same for text such as "10.0.0.1" or "fe80::1"; false when it is not an address.
bool is_public_address(std::string_view text);

}  // namespace postroom::curl
