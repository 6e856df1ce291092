// Where an email's bounces go: an address that says which email it was.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace postroom::email {

// "bounces+<id in 32 hex digits>@mail.example" for "bounces@mail.example"; empty for an empty address. The id
// cannot be guessed, so only who saw the email can send a bounce for it.
std::string return_path(std::string_view bounce_address, NotificationId id);
// The id in an address that return_path() made, in either case, with or without angle brackets.
std::optional<NotificationId> notification_in(std::string_view address);

// Whether an SMTP reply or a bounce says that the address itself is bad for good, so that others must not be tried
// there: "550 5.1.1", "5.2.1" (RFC 3463).
bool says_address_is_bad(std::string_view text);

}  // namespace postroom::email
