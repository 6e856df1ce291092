// HTTP basic authentication (RFC 7617) of callers that know a fixed user and password.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace postroom::auth {

// Immutable, so safe from several threads.
class BasicCredentials {
 public:
  static constexpr std::size_t kPairsMax = 20;

  // "user:password" pairs separated by blanks, so that an old and a new one can be good at once. Empty text: none.
  // invalid_input when a pair lacks its user, its password or the colon; the message shows neither.
  static Result<BasicCredentials> parse(std::string_view text);

  bool empty() const { return pairs_.empty(); }

  enum class Verdict {
    missing,  // no Authorization header, or none that can be read
    wrong,
    right,
  };
  // Takes the same time for every wrong pair of a length.
  Verdict check(std::optional<std::string_view> authorization) const;

 private:
  std::vector<std::string> pairs_;  // "user:password"
};

}  // namespace postroom::auth
