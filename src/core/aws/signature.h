// AWS Signature Version 4, in headers. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace postroom::aws {

struct AwsCredentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // of temporary ones; else empty
};

using AwsHeaders = std::vector<std::pair<std::string, std::string>>;

struct AwsCall {
  std::string method = "POST";
  std::string path = "/";  // as it stands in the request, without "." and ".." parts
  std::vector<std::pair<std::string, std::string>> query = {};  // decoded
  AwsHeaders headers;                                           // all that are signed; "Host" among them
  std::string body = {};
};

// What the call is signed for.
struct AwsScope {
  std::string region;   // "eu-west-2"
  std::string service;  // "ses"
};

// The headers to add: X-Amz-Date, X-Amz-Security-Token for temporary credentials, Authorization.
AwsHeaders sign(const AwsCall& call, const AwsCredentials& credentials, const AwsScope& scope, UtcTime now);

}  // namespace postroom::aws
