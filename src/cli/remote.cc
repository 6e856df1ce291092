// Commands run in the server of the data folder, or, when none runs, here on the store.
#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>
#include <iostream>

#include "adapters/curl/curl_http_client.h"
#include "app/listeners.h"
#include "app/postroom.h"
#include "app/settings.h"
#include "base/bytes.h"
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

// What a mail server's pipe reads as "keep it and come again" (EX_TEMPFAIL of sysexits.h): a report must not be
// lost because we were away.
constexpr int kComeAgain = 75;

int failed(const Invocation& invocation, const Error& error) {
  fail_with(error);
  return invocation.command == "email bounce" ? kComeAgain : 1;
}

// A file in the answer goes where --out says: here, whoever made the answer.
Result<void> write_content(const Invocation& invocation, json::value& answer) {
  auto path = get_string(invocation.arguments, "out");
  if (!path || !answer.is_object()) return {};
  json::object& object = answer.get_object();
  auto content = from_base64(get_string(object, "content_base64").value_or(""));
  if (!content || content->empty()) return {};
  std::ofstream file(*path, std::ios::binary | std::ios::trunc);
  file << *content << std::flush;
  if (!file) {
    return fail(ErrorKind::invalid_input,
                fmt::format("--out: '{}' cannot be written: see that its folder exists and is yours", *path));
  }
  object.erase("content_base64");
  object["bytes"] = content->size();
  object["out"] = *path;
  return {};
}

}  // namespace

int run_remote(const Invocation& invocation) {
  set_log_level(LogLevel::error);
  auto settings = app::load_settings({invocation.config_path, invocation.settings});
  if (!settings) return failed(invocation, settings.error());
  auto answer = ask_server(app::control_socket_path(settings->text("data.folder")), invocation);
  if (!answer) return failed(invocation, answer.error());
  if (!*answer) {
    auto postroom = app::Postroom::open(std::move(*settings));
    if (!postroom) return failed(invocation, postroom.error());
    auto result = (*postroom)->run_command(invocation.command, invocation.arguments);
    if (!result) return failed(invocation, result.error());
    *answer = std::move(*result);
  }
  if (auto written = write_content(invocation, **answer); !written) return fail_with(written.error());
  std::cout << (invocation.as_json ? write_json(**answer) + "\n" : describe(invocation.command, **answer));
  if (!(*answer)->is_object()) return 0;
  // What `doctor` found, and whether a file was good enough.
  for (std::string_view name : {"healthy", "accepted"}) {
    if (!get_bool((*answer)->get_object(), name).value_or(true)) return 1;
  }
  return 0;
}

}  // namespace postroom::cli
