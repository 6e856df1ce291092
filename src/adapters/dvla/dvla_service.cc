#include "adapters/dvla/dvla_service.h"

#include "adapters/dvla/dvla_answer.h"
#include "base/json.h"
#include "base/key_ring.h"
#include "base/log.h"

namespace postroom::dvla {
namespace {

using ports::HttpResponse;
using ports::PrintAccount;
using ports::PrintAnswer;

constexpr std::string_view kLoginPath = "/thirdparty-access/v1/authenticate";
constexpr std::string_view kApiKeyPath = "/thirdparty-access/v1/new-api-key";
constexpr std::string_view kPasswordPath = "/thirdparty-access/v1/password";
constexpr std::string_view kJobsPath = "/print-request/v1/print/jobs";

bool is_refusal(int status) { return status == 401 || status == 403; }
// Besides what says so by itself: an answer that nobody defined. Repeating the order shows whether it was taken.
bool may_pass(int status) { return status < 400 || status >= 500 || status == 408 || status == 429; }

std::string fingerprint_of(const PrintAccount& account) {
  const auto part = [](const std::string& text) { return std::to_string(text.size()) + ":" + text; };
  return sha256(part(account.user) + part(account.password) + part(account.pending_password));
}

}  // namespace

Result<HttpResponse> DvlaService::call(std::string_view path, std::string body, const Session* session) {
  ports::HttpRequest request{.method = "POST", .url = options_.base_url + std::string(path)};
  request.headers = {{"Accept", "application/json"}};
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  if (session != nullptr) {
    request.headers.emplace_back("Authorization", session->token);
    request.headers.emplace_back("X-API-Key", session->api_key);
  }
  request.body = std::move(body);
  request.connect_timeout = kConnectTimeout;
  request.timeout = kCallTimeout;
  auto answered = client_.send(request);
  // Whatever stopped it here, the letter is not to blame.
  if (!answered) return fail(ErrorKind::retry_later, std::move(answered).error().message);
  return answered;
}

Result<DvlaService::Session> DvlaService::session() {
  std::lock_guard lock(mutex_);
  if (session_ && clock_.now() + kTokenMargin < session_->expires_at) return *session_;
  session_.reset();
  POSTROOM_TRY(made, log_in());
  session_ = made;
  return made;
}

Result<DvlaService::Session> DvlaService::log_in() {
  POSTROOM_TRY(account, accounts_.load());
  const std::string fingerprint = fingerprint_of(account);
  if (refused_until_ && clock_.now() < *refused_until_ && fingerprint == refused_login_)
    return fail(ErrorKind::forbidden, "the print house refused our login a moment ago; it is not tried again yet");
  auto made = log_in_with(account, account.password);
  if (!made && made.error().kind == ErrorKind::forbidden && !account.pending_password.empty()) {
    // The change was cut off after the print house had made it.
    made = log_in_with(account, account.pending_password);
    if (made) {
      log_warning("print_account.pending_password_works", {});
      POSTROOM_CHECK(accounts_.confirm_pending_password(account.pending_password));
    }
  }
  if (!made && made.error().kind == ErrorKind::forbidden) {
    refused_until_ = clock_.now() + kLoginPause;
    refused_login_ = fingerprint;
    log_error("print_account.login_refused", {{"error", made.error().message}});
    accounts_.note_refused_login(made.error().message);
  } else if (made) {
    refused_until_.reset();
  }
  return made;
}

Result<DvlaService::Session> DvlaService::log_in_with(const PrintAccount& account, const std::string& password) {
  POSTROOM_TRY(
      response,
      call(kLoginPath, write_json(json::object{{"userName", account.user}, {"password", password}}), nullptr));
  if (response.status == 401)
    return fail(ErrorKind::forbidden, "login: " + describe(response) + "; set the account's password anew");
  if (response.status != 200) return fail(ErrorKind::retry_later, "login: " + describe(response));
  auto token = member_of(response, "id-token");
  auto expires_at = token ? expiry_of(*token) : std::nullopt;
  if (!expires_at) return fail(ErrorKind::retry_later, "login: the print house's answer has no readable id-token");
  return Session{std::move(*token), *expires_at, account.api_key};
}

// Token and key: either may be what was refused. Not when another thread has new ones by now.
void DvlaService::forget(const Session& used) {
  std::lock_guard lock(mutex_);
  if (session_ && session_->token == used.token && session_->api_key == used.api_key) session_.reset();
}

Result<PrintAnswer> DvlaService::submit(const std::string& body) {
  auto used = session();
  if (!used) {
    Error error = std::move(used).error();
    // The account can be mended while the letter waits.
    if (error.kind == ErrorKind::forbidden || error.kind == ErrorKind::rejected)
      error.kind = ErrorKind::retry_later;
    return fail(std::move(error));
  }
  POSTROOM_TRY(response, call(kJobsPath, body, &*used));
  if (response.status == 202) return PrintAnswer{PrintAnswer::Kind::accepted, {}};
  if (response.status == 409) return PrintAnswer{PrintAnswer::Kind::known_before, {}};
  if (response.status == 429) return PrintAnswer{PrintAnswer::Kind::throttled, retry_after_of(response)};
  if (is_refusal(response.status)) {
    forget(*used);
    return fail(ErrorKind::retry_later, describe(response));
  }
  return fail(may_pass(response.status) ? ErrorKind::retry_later : ErrorKind::rejected, describe(response));
}

Result<void> DvlaService::check_login() {
  std::lock_guard lock(mutex_);
  session_.reset();
  POSTROOM_TRY(made, log_in());
  session_ = std::move(made);
  return {};
}

Result<std::string> DvlaService::make_api_key() {
  POSTROOM_CHECK(check_login());
  POSTROOM_TRY(used, session());
  POSTROOM_TRY(response, call(kApiKeyPath, "", &used));
  if (response.status >= 200 && response.status < 300) {
    auto key = member_of(response, "newApiKey");
    forget(used);
    if (!key) return fail(ErrorKind::rejected, "new API key: the print house's answer has no newApiKey");
    return *key;
  }
  if (is_refusal(response.status)) {
    forget(used);
    return fail(ErrorKind::forbidden, "new API key: " + describe(response));
  }
  return fail(may_pass(response.status) ? ErrorKind::retry_later : ErrorKind::rejected,
              "new API key: " + describe(response));
}

Result<void> DvlaService::change_password(const PrintAccount& account, std::string_view next) {
  POSTROOM_TRY(response,
               call(kPasswordPath,
                    write_json(json::object{
                        {"userName", account.user}, {"password", account.password}, {"newPassword", next}}),
                    nullptr));
  if (response.status >= 200 && response.status < 300) return {};
  const std::string reason = "new password: " + describe(response);
  if (response.status == 401) return fail(ErrorKind::forbidden, reason);
  return fail(may_pass(response.status) ? ErrorKind::retry_later : ErrorKind::rejected, reason);
}

}  // namespace postroom::dvla
