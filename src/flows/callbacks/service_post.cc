#include "flows/callbacks/service_post.h"

#include <fmt/format.h>

namespace postroom::flows {
namespace {

constexpr std::chrono::seconds kTimeout{5};
constexpr std::size_t kAnswerBytesMax = 64 * 1024;

}  // namespace

Result<void> post_to_service(ports::HttpClient& client, std::string url, std::string_view token, std::string body) {
  ports::HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + std::string(token)}};
  request.body = std::move(body);
  request.connect_timeout = kTimeout;
  request.timeout = kTimeout;
  request.response_bytes_max = kAnswerBytesMax;
  POSTROOM_TRY(response, client.send(request));
  if (response.status >= 200 && response.status < 300) return {};
  if (response.status == 429 || response.status >= 500) {
    return fail(ErrorKind::retry_later, fmt::format("the receiver answered {}", response.status));
  }
  return fail(ErrorKind::rejected,
              fmt::format("the receiver answered {}, which is not tried again", response.status));
}

}  // namespace postroom::flows
