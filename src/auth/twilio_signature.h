// X-Twilio-Signature: base64 of HMAC-SHA1, with the account's token, of the address as it was called and the form's
// fields in the order of their names, each name followed by its value.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace postroom::auth {

using FormFields = std::span<const std::pair<std::string, std::string>>;

std::string twilio_signature(std::string_view token, std::string_view url, FormFields fields);
// In constant time. False for an empty token.
bool is_twilio_signature(std::string_view signature, std::string_view token, std::string_view url,
                         FormFields fields);

}  // namespace postroom::auth
