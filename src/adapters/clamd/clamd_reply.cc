#include "adapters/clamd/clamd_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace postroom::clamd {
namespace {

constexpr std::string_view kPrefix = "stream: ";
constexpr std::string_view kFound = " FOUND";
constexpr std::string_view kError = " ERROR";
constexpr std::size_t kShownMax = 200;

// For logs and people: what came over the network may hold anything.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, kShownMax));
  std::replace_if(out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

}  // namespace

Result<ports::ScanReport> read_reply(std::string_view reply) {
  using ports::ScanVerdict;
  if (reply == "stream: OK") return ports::ScanReport(ScanVerdict::clean);
  if (reply.ends_with(kError)) {
    return fail(ErrorKind::rejected, fmt::format("clamd did not look into the file: {}",
                                                 shown(reply.substr(0, reply.size() - kError.size()))));
  }
  if (reply.starts_with(kPrefix) && reply.ends_with(kFound) && reply.size() > kPrefix.size() + kFound.size()) {
    return ports::ScanReport(ScanVerdict::infected,
                             shown(reply.substr(kPrefix.size(), reply.size() - kPrefix.size() - kFound.size())));
  }
  return fail(ErrorKind::retry_later, fmt::format("clamd gave an answer that is none: '{}'", shown(reply)));
}

}  // namespace postroom::clamd
