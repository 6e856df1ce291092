// When the credentials of the print house's service are changed, and what a new password looks like. The API key
// goes on the month's first Tuesday and the password the day after, so that never both are new on one day.
#pragma once

#include <string>

#include "base/random.h"
#include "base/time.h"

namespace postroom::letters {

enum class HouseCredential { api_key, password };
// "API key", "password".
std::string_view to_string(HouseCredential credential);

// UTC.
inline constexpr Duration kRotationTime = std::chrono::hours{9};
// The print house ends them after these times; ours warn well before.
inline constexpr Duration kPasswordLife = std::chrono::hours{24 * 90};
inline constexpr Duration kApiKeyLife = std::chrono::hours{24 * 365};
// Left when a person is told.
inline constexpr Duration kLifeLeftToWarn = std::chrono::hours{24 * 20};

inline constexpr std::size_t kPasswordLength = 30;

// The change of the month that `day` lies in.
UtcTime rotation_moment(HouseCredential credential, Date day);
// True from that moment until the end of its UTC day, unless it was changed since the moment.
bool is_rotation_due(HouseCredential credential, UtcTime now, UtcTime changed_at);
// True when it ends within kLifeLeftToWarn, or has ended.
bool is_running_out(HouseCredential credential, UtcTime now, UtcTime changed_at);

// Letters, digits and punctuation, at least one lower, one upper, one digit and one other.
std::string make_password(Random& random);

}  // namespace postroom::letters
