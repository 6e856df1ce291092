// Who calls, for counting: a network rather than a host where addresses are cheap.
#pragma once

#include <string>

#include "http/message.h"

namespace postroom::web {

// The address of the client: IPv4 whole, IPv6 as its first 64 bits, since a household has that many.
// `is_behind_proxy`: the last entry of X-Forwarded-For, which the proxy itself wrote, instead of the peer. Texts
// that are no address stay as they are, cut to kClientTextMax.
inline constexpr std::size_t kClientTextMax = 64;
std::string client_of(const http::Request& request, bool is_behind_proxy);

}  // namespace postroom::web
