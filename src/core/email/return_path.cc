#include "core/email/return_path.h"

#include <fmt/format.h>

#include <array>

#include "base/bytes.h"
#include "base/text.h"

namespace postroom::email {
namespace {

constexpr std::size_t kIdHexDigits = 32;

// No such mailbox, no such domain, bad syntax, moved without a forwarding address, null MX; mailbox disabled.
constexpr std::array<std::string_view, 8> kBadAddress = {"5.1.0", "5.1.1", "5.1.2",  "5.1.3",
                                                         "5.1.4", "5.1.6", "5.1.10", "5.2.1"};

}  // namespace

std::string return_path(std::string_view bounce_address, NotificationId id) {
  const std::size_t at = bounce_address.rfind('@');
  if (at == std::string_view::npos) return {};
  return fmt::format("{}+{}{}", bounce_address.substr(0, at), to_hex(id.bytes()), bounce_address.substr(at));
}

std::optional<NotificationId> notification_in(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || at < kIdHexDigits + 1) return std::nullopt;
  if (address[at - kIdHexDigits - 1] != '+') return std::nullopt;
  const auto bytes = from_hex(address.substr(at - kIdHexDigits, kIdHexDigits));
  return bytes ? NotificationId::from_bytes(*bytes) : std::nullopt;
}

bool says_address_is_bad(std::string_view text) {
  for (std::string_view status : kBadAddress) {
    for (std::size_t at = text.find(status); at != std::string_view::npos; at = text.find(status, at + 1)) {
      const std::size_t end = at + status.size();
      const bool starts = at == 0 || !(is_ascii_alnum(text[at - 1]) || text[at - 1] == '.');
      const bool ends = end == text.size() || !(is_ascii_alnum(text[end]) || text[end] == '.');
      if (starts && ends) return true;
    }
  }
  return false;
}

}  // namespace postroom::email
