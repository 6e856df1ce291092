// What a mail server says about an email after it was handed over: reports of delivery (RFC 3464) and of complaints
// (RFC 5965).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::email {

inline constexpr std::size_t kBounceBytesMax = 256 * 1024;  // more of a message is not read

struct BounceReport {
  enum class Kind {
    delivered,  // or handed to a server that reports nothing
    delayed,    // somebody is still trying
    hard,       // will never arrive
    soft,       // did not arrive, and might another time
    complaint,
  };
  Kind kind = Kind::delayed;
  // Which email it is about; nothing when it does not say.
  std::optional<NotificationId> notification;
  // The address is bad for good.
  bool address_is_bad = false;
  // "failed 5.1.1, 550": of the server's words only codes, which are not personal.
  std::string detail;
  // Complaints.
  std::string complaint_type;  // "abuse"
  std::optional<UtcTime> at;
};

// `message` is an email as a mail server stores it; `recipient` the address it came to, when known. not_found when
// it is no report (a person's reply, an automatic answer). invalid_input when it is a report that says nothing.
Result<BounceReport> read_bounce(std::string_view message, std::string_view recipient);

// RFC 5322 section 3.3, without obsolete zones; nothing on anything else.
std::optional<UtcTime> parse_email_date(std::string_view text);

}  // namespace postroom::email
