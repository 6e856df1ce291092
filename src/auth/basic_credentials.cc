#include "auth/basic_credentials.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/key_ring.h"
#include "base/text.h"

namespace postroom::auth {

Result<BasicCredentials> BasicCredentials::parse(std::string_view text) {
  BasicCredentials out;
  for (const std::string& part : split(text, ' ')) {
    const std::string pair(trim(part));
    if (pair.empty()) continue;
    const auto colon = pair.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == pair.size()) {
      return fail(ErrorKind::invalid_input,
                  "credentials are user:password pairs separated by blanks; one lacks a part");
    }
    out.pairs_.push_back(pair);
  }
  if (out.pairs_.size() > kPairsMax) {
    return fail(ErrorKind::invalid_input,
                fmt::format("there are {} pairs of credentials, at most {}", out.pairs_.size(), kPairsMax));
  }
  return out;
}

BasicCredentials::Verdict BasicCredentials::check(std::optional<std::string_view> authorization) const {
  constexpr std::string_view kScheme = "Basic ";
  if (!authorization || authorization->size() < kScheme.size() ||
      !equals_ignoring_case(authorization->substr(0, kScheme.size()), kScheme)) {
    return Verdict::missing;
  }
  auto given = from_base64(trim(authorization->substr(kScheme.size())));
  if (!given || given->find(':') == std::string::npos) return Verdict::missing;
  bool is_right = false;
  for (const std::string& pair : pairs_) is_right |= equals_constant_time(pair, *given);
  return is_right ? Verdict::right : Verdict::wrong;
}

}  // namespace postroom::auth
