// Where a service wants to hear what happened.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace postroom::accounts {

enum class CallbackType { delivery, inbound, returned, complaint };

std::string_view to_string(CallbackType type);
std::optional<CallbackType> parse_callback_type(std::string_view text);

inline constexpr std::size_t kBearerTokenCharactersMin = 10;

struct CallbackConfig {
  ServiceId service_id;
  CallbackType type = CallbackType::delivery;
  std::string url;           // https, or http where the settings allow private targets
  std::string bearer_token;  // secret; stores encrypt it

  friend bool operator==(const CallbackConfig&, const CallbackConfig&) = default;
};

// invalid_input when the URL is not https (http too when `allow_http`), has a user or is ill-formed, or the token
// is too short.
Result<void> check(const CallbackConfig& config, bool allow_http);

}  // namespace postroom::accounts
