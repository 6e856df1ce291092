#include "core/aws/signature.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/key_ring.h"
#include "base/text.h"

namespace postroom::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// "20150830T123600Z".
std::string amazon_time(UtcTime now) {
  const std::string text = format_compact(now);
  return fmt::format("{}T{}Z", std::string_view(text).substr(0, 8), std::string_view(text).substr(8));
}

// Runs of blanks become one.
std::string canonical_value(std::string_view value) {
  std::string out;
  bool blank = false;
  for (char c : trim(value)) {
    const bool is_blank = is_ascii_space(c);
    if (!is_blank)
      out += c;
    else if (!blank)
      out += ' ';
    blank = is_blank;
  }
  return out;
}

std::string canonical_query(const AwsCall& call) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, value] : call.query) pairs.emplace_back(percent_encode(name), percent_encode(value));
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) out += (out.empty() ? "" : "&") + name + "=" + value;
  return out;
}

struct CanonicalHeaders {
  std::string lines;
  std::string names;
};

CanonicalHeaders canonical_headers(const AwsHeaders& headers) {
  std::vector<std::pair<std::string, std::string>> sorted;
  for (const auto& [name, value] : headers) sorted.emplace_back(to_lower(name), canonical_value(value));
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  CanonicalHeaders out;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool repeats = i > 0 && sorted[i].first == sorted[i - 1].first;
    if (repeats) {
      out.lines.back() = ',';
      out.lines += sorted[i].second + "\n";
      continue;
    }
    out.lines += sorted[i].first + ":" + sorted[i].second + "\n";
    out.names += (out.names.empty() ? "" : ";") + sorted[i].first;
  }
  return out;
}

}  // namespace

AwsHeaders sign(const AwsCall& call, const AwsCredentials& credentials, const AwsScope& scope, UtcTime now) {
  const std::string time = amazon_time(now);
  AwsHeaders added = {{"X-Amz-Date", time}};
  if (!credentials.session_token.empty()) added.emplace_back("X-Amz-Security-Token", credentials.session_token);
  AwsHeaders all = call.headers;
  all.insert(all.end(), added.begin(), added.end());
  const CanonicalHeaders headers = canonical_headers(all);

  // Every service but S3 encodes the path once more.
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", call.method, percent_encode(call.path, "/"), canonical_query(call),
                  headers.lines, headers.names, to_hex(sha256(call.body)));
  const std::string where = fmt::format("{}/{}/{}/aws4_request", time.substr(0, 8), scope.region, scope.service);
  const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, where, to_hex(sha256(canonical)));
  Bytes key = hmac_sha256("AWS4" + credentials.secret_access_key, time.substr(0, 8));
  for (std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")})
    key = hmac_sha256(key, part);
  added.emplace_back("Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                                  credentials.access_key_id, where, headers.names,
                                                  to_hex(hmac_sha256(key, to_sign))));
  return added;
}

}  // namespace postroom::aws
