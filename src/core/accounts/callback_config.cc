#include "core/accounts/callback_config.h"

#include <fmt/format.h>

#include "base/web_url.h"

namespace postroom::accounts {

std::string_view to_string(CallbackType type) {
  switch (type) {
    case CallbackType::delivery: return "delivery";
    case CallbackType::inbound: return "inbound";
    case CallbackType::returned: return "returned";
    case CallbackType::complaint: return "complaint";
  }
  return "";
}

std::optional<CallbackType> parse_callback_type(std::string_view text) {
  if (text == "delivery") return CallbackType::delivery;
  if (text == "inbound") return CallbackType::inbound;
  if (text == "returned") return CallbackType::returned;
  if (text == "complaint") return CallbackType::complaint;
  return std::nullopt;
}

Result<void> check(const CallbackConfig& config, bool allow_http) {
  bool https = config.url.starts_with("https://");
  bool http = allow_http && config.url.starts_with("http://");
  if (!https && !http) {
    return fail(ErrorKind::invalid_input, fmt::format("callback url '{}' must start with https://{}", config.url,
                                                      allow_http ? " or http://" : ""));
  }
  if (!is_web_url(config.url)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("callback url '{}' is no address to post to: give a host, no user or password, and "
                            "percent-encode what is special",
                            config.url));
  }
  if (config.bearer_token.size() < kBearerTokenCharactersMin) {
    return fail(ErrorKind::invalid_input, fmt::format("callback token has {} characters: use at least {}",
                                                      config.bearer_token.size(), kBearerTokenCharactersMin));
  }
  return {};
}

}  // namespace postroom::accounts
