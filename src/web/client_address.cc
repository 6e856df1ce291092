#include "web/client_address.h"

#include <arpa/inet.h>

#include "base/bytes.h"
#include "base/text.h"

namespace postroom::web {
namespace {

constexpr std::size_t kNetworkBytes = 8;

std::string last_forwarded(const http::Request& request) {
  std::string last;
  for (const auto& [name, value] : request.headers) {
    if (!equals_ignoring_case(name, "X-Forwarded-For")) continue;
    std::string_view entries = value;
    last = std::string(trim(entries.substr(entries.rfind(',') + 1)));
  }
  return last;
}

}  // namespace

std::string client_of(const http::Request& request, bool is_behind_proxy) {
  std::string address = is_behind_proxy ? last_forwarded(request) : std::string();
  if (address.empty()) address = request.remote_address;
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), &bytes) == 1) {
    if (IN6_IS_ADDR_V4MAPPED(&bytes)) return address.substr(address.rfind(':') + 1);
    return to_hex({reinterpret_cast<const char*>(bytes.s6_addr), kNetworkBytes}) + "/64";
  }
  return address.substr(0, kClientTextMax);
}

}  // namespace postroom::web
