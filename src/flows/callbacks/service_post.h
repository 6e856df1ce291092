// One post to an address that a service chose.
#pragma once

#include <string>
#include <string_view>

#include "ports/http_client.h"

namespace postroom::flows {

// retry_later for no answer, 429 and 5xx; rejected for any other status but 2xx (redirects are not followed).
Result<void> post_to_service(ports::HttpClient& client, std::string url, std::string_view token, std::string body);

}  // namespace postroom::flows
