// Reading what the print house's HTTP service answers.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "ports/http_client.h"

namespace postroom::dvla {

// Longer reasons are cut.
inline constexpr std::size_t kReasonBytesMax = 300;
// A longer wish to be left alone is not heeded in full.
inline constexpr Duration kRetryAfterMax = std::chrono::minutes{5};

// What the service says about an error: errors[0].detail, or [0].detail of the login's answers. Empty when the body
// is not of such a form, whatever it is then.
std::string reason_of(const ports::HttpResponse& response);
// "the print house answered 400: …"
std::string describe(const ports::HttpResponse& response);
// The header Retry-After in seconds; nothing when absent or a date.
std::optional<Duration> retry_after_of(const ports::HttpResponse& response);
// `exp` of a JWT, whose signature is not looked at; nothing when it does not read.
std::optional<UtcTime> expiry_of(std::string_view token);
// A text member of a JSON object; nothing when there is none or it is empty.
std::optional<std::string> member_of(const ports::HttpResponse& response, std::string_view name);

}  // namespace postroom::dvla
