// Commands run in the server of the data folder, or, when none runs, here on the store.
#include <sys/stat.h>

#include <iostream>

#include "adapters/curl/curl_http_client.h"
#include "app/listeners.h"
#include "app/postroom.h"
#include "app/settings.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/output.h"
#include "cli/run.h"

namespace postroom::cli {
namespace {

constexpr std::chrono::milliseconds kCommandTimeout{600'000};
constexpr std::size_t kAnswerBytesMax = 256 * 1024 * 1024;

// Nothing when no server listens there.
Result<std::optional<json::value>> ask_server(const std::string& socket, const Invocation& invocation) {
  struct stat info{};
  if (::stat(socket.c_str(), &info) != 0) return std::optional<json::value>{};
  auto alive = curl::send_over_unix_socket(socket, {.url = "http://postroom/ping"});
  if (!alive) return std::optional<json::value>{};
  ports::HttpRequest request;
  request.method = "POST";
  request.url = "http://postroom/command?name=" + percent_encode(invocation.command);
  request.headers = {{"Content-Type", "application/json"}};
  request.body = write_json(invocation.arguments);
  request.timeout = kCommandTimeout;
  request.response_bytes_max = kAnswerBytesMax;
  POSTROOM_TRY(response, curl::send_over_unix_socket(socket, request));
  POSTROOM_TRY(body, parse_json(response.body));
  if (response.status == 200) return std::optional(std::move(body));
  std::string message = body.is_object() ? get_string(body.get_object(), "message").value_or("") : "";
  return fail(ErrorKind::invalid_input, message.empty() ? "the server gave no reason" : message);
}

}  // namespace

int run_remote(const Invocation& invocation) {
  set_log_level(LogLevel::error);
  auto settings = app::load_settings({invocation.config_path, invocation.settings});
  if (!settings) return fail_with(settings.error());
  auto answer = ask_server(app::control_socket_path(settings->text("data.folder")), invocation);
  if (!answer) return fail_with(answer.error());
  if (!*answer) {
    auto postroom = app::Postroom::open(std::move(*settings));
    if (!postroom) return fail_with(postroom.error());
    auto result = (*postroom)->run_command(invocation.command, invocation.arguments);
    if (!result) return fail_with(result.error());
    *answer = std::move(*result);
  }
  std::cout << (invocation.as_json ? write_json(**answer) + "\n" : describe(invocation.command, **answer));
  // What `doctor` found.
  bool healthy = !(*answer)->is_object() || get_bool((*answer)->get_object(), "healthy").value_or(true);
  return healthy ? 0 : 1;
}

}  // namespace postroom::cli
