#include "adapters/sms_http/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"

namespace postroom::sms_http {
namespace {

constexpr std::size_t kCodeCharsMax = 40;

bool is_success(int status) { return status >= 200 && status < 300; }

// A gateway in front of the provider lost sight of the request; what stands behind it may have taken the text.
bool leaves_doubt(int status) { return status == 502 || status == 504; }

bool is_about_the_text(int status) {
  return status >= 400 && status <= 422 && status != 401 && status != 403 && status != 404 && status != 408;
}

bool is_about_the_account(int status) { return status == 401 || status == 402 || status == 403 || status == 404; }

tl::unexpected<ports::SmsFailure> failure(ErrorKind kind, std::string_view provider, std::string_view what,
                                          bool maybe_taken) {
  return tl::unexpected(ports::SmsFailure(kind, fmt::format("{}: {}", provider, what), maybe_taken));
}

}  // namespace

ports::SmsResult not_taken(std::string_view provider, std::string_view what) {
  return failure(ErrorKind::retry_later, provider, what, false);
}
ports::SmsResult in_doubt(std::string_view provider, std::string_view what) {
  return failure(ErrorKind::retry_later, provider, what, true);
}
ports::SmsResult refused(std::string_view provider, std::string_view what) {
  return failure(ErrorKind::rejected, provider, what, false);
}
ports::SmsResult taken(std::string_view provider, std::string reference) {
  return ports::ProviderReceipt{std::string(provider), std::move(reference)};
}

Exchange exchange(std::string_view provider, ports::HttpClient& client, ports::HttpRequest request,
                  std::chrono::milliseconds timeout, bool keeps_400) {
  ports::HttpProgress progress;
  request.timeout = timeout;
  request.connect_timeout = std::min(timeout, kConnectTimeout);
  request.response_bytes_max = kAnswerBytesMax;
  request.progress = &progress;
  auto answer = client.send(request);
  if (!answer) {
    const Error& error = answer.error();
    if (error.kind != ErrorKind::retry_later) {
      log_error("sms.provider_misconfigured", {{"provider", provider}, {"error", error.message}});
      return {.answer = {}, .failure = not_taken(provider, error.message)};
    }
    return {.answer = {},
            .failure = progress.was_sent ? in_doubt(provider, error.message) : not_taken(provider, error.message)};
  }
  const int status = answer->status;
  if (is_success(status) || (keeps_400 && is_about_the_text(status))) return {.answer = std::move(*answer)};
  const std::string what = fmt::format("answered with HTTP status {}", status);
  if (is_about_the_account(status)) {
    // No text will go out this way until somebody looks.
    log_error("sms.account_refused", {{"provider", provider}, {"status", status}});
  }
  return {.answer = {}, .failure = leaves_doubt(status) ? in_doubt(provider, what) : not_taken(provider, what)};
}

std::string shown(std::string_view code) {
  const bool is_plain = !code.empty() && code.size() <= kCodeCharsMax &&
                        std::all_of(code.begin(), code.end(), [](char c) { return c > ' ' && c <= '~'; });
  return is_plain ? std::string(code) : std::string("?");
}

std::string international_form(std::string_view sender) {
  const bool is_number = !sender.empty() && std::all_of(sender.begin(), sender.end(), is_ascii_digit);
  if (is_number && sender.size() > 6 && sender.front() == '0' && sender[1] != '0')
    return "44" + std::string(sender.substr(1));
  return std::string(sender);
}

std::string form_body(const std::vector<std::pair<std::string_view, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out += '&';
    out += percent_encode(name);
    out += '=';
    out += percent_encode(value);
  }
  return out;
}

}  // namespace postroom::sms_http
