#include "fakes/dvla_house.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace postroom::fakes {
namespace {

using ports::HttpRequest;
using ports::HttpResponse;

constexpr std::string_view kLoginPath = "/thirdparty-access/v1/authenticate";
constexpr std::string_view kApiKeyPath = "/thirdparty-access/v1/new-api-key";
constexpr std::string_view kPasswordPath = "/thirdparty-access/v1/password";
constexpr std::string_view kJobsPath = "/print-request/v1/print/jobs";
constexpr std::size_t kPasswordCharactersMin = 12;

std::optional<std::string> header_of(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

HttpResponse json_answer(int status, const json::value& body) {
  return {status, {{"Content-Type", "application/json"}}, write_json(body)};
}

bool is_good_password(const std::string& text) {
  return text.size() >= kPasswordCharactersMin && std::any_of(text.begin(), text.end(), is_ascii_lower) &&
         std::any_of(text.begin(), text.end(), is_ascii_upper) &&
         std::any_of(text.begin(), text.end(), is_ascii_digit) &&
         !std::all_of(text.begin(), text.end(), is_ascii_alnum);
}

}  // namespace

HttpResponse DvlaHouse::refuse(int status, std::string reason, bool at_login) {
  problems_.push_back(fmt::format("{}: {}", status, reason));
  const json::object error{{"status", std::to_string(status)}, {"title", "Refused"}, {"detail", reason}};
  json::array errors{error};
  // The two halves of the service word their errors differently.
  if (at_login) return json_answer(status, errors);
  return json_answer(status, json::object{{"errors", std::move(errors)}});
}

// Empty when all is as it must be.
std::string DvlaHouse::check_call(const HttpRequest& request, bool has_body, bool has_session) const {
  if (request.method != "POST") return "only POST is served";
  if (header_of(request, "Accept") != "application/json") return "Accept must be application/json";
  const auto type = header_of(request, "Content-Type");
  if (has_body ? type != "application/json" : type.has_value()) return "Content-Type is not as it must be";
  if (has_body == request.body.empty()) return has_body ? "the body is missing" : "nobody asked for a body";
  const auto authorization = header_of(request, "Authorization");
  if (!has_session && (authorization || header_of(request, "X-API-Key")))
    return "credentials where none are wanted";
  if (has_session && authorization && equals_ignoring_case(authorization->substr(0, 7), "bearer "))
    return "Authorization is the bare token";
  if (request.timeout.count() <= 0 || request.timeout > std::chrono::seconds{60})
    return "the call has no time limit";
  return {};
}

bool DvlaHouse::is_session(const HttpRequest& request) const {
  const auto token = tokens_.find(header_of(request, "Authorization").value_or(""));
  return token != tokens_.end() && clock_.now() < token->second &&
         header_of(request, "X-API-Key") == options_.api_key;
}

HttpResponse DvlaHouse::log_in(const json::object& body) {
  if (body.size() != 2) return refuse(400, "a login has userName and password", true);
  if (get_string(body, "userName") != options_.user || get_string(body, "password") != options_.password)
    return refuse(401, "user name or password is wrong", true);
  const UtcTime end = clock_.now() + options_.token_life;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(end.time_since_epoch()).count();
  const std::string token = to_base64url(R"({"alg":"none"})") + "." +
                            to_base64url(write_json(json::object{{"exp", seconds}, {"jti", ++tokens_made_}})) +
                            "." + to_base64url("fake");
  tokens_[token] = end;
  return json_answer(200, json::object{{"id-token", token}});
}

HttpResponse DvlaHouse::change_password(const json::object& body) {
  if (body.size() != 3) return refuse(400, "a change has userName, password and newPassword", true);
  if (get_string(body, "userName") != options_.user || get_string(body, "password") != options_.password)
    return refuse(401, "user name or password is wrong", true);
  const std::string next = get_string(body, "newPassword").value_or("");
  if (!is_good_password(next) || next == options_.password)
    return refuse(400, "the new password is too simple", true);
  options_.password = next;
  tokens_.clear();
  return {200, {}, ""};
}

HttpResponse DvlaHouse::take_order(const std::string& text) {
  DvlaJob job;
  const auto faults = read_dvla_order(text, job);
  if (!faults.empty()) return refuse(400, fmt::format("{}", fmt::join(faults, "; ")), false);
  if (by_id_.contains(job.id)) {
    return json_answer(409, json::object{{"errors", json::array{json::object{{"detail", "the job exists"}}}}});
  }
  if (jobs_.size() >= kJobsMax) return refuse(503, "too many jobs", false);
  by_id_[job.id] = jobs_.size();
  jobs_.push_back(std::move(job));
  return json_answer(202, json::object{{"id", jobs_.back().id.text()}});
}

HttpResponse DvlaHouse::answer(const HttpRequest& request, std::string_view path) {
  const bool at_jobs = path == kJobsPath;
  const bool has_session = at_jobs || path == kApiKeyPath;
  const bool is_known = has_session || path == kLoginPath || path == kPasswordPath;
  if (!is_known) return refuse(404, "nothing is there", false);
  const bool has_body = path != kApiKeyPath;
  if (std::string fault = check_call(request, has_body, has_session); !fault.empty())
    return refuse(400, std::move(fault), !at_jobs);
  if (has_session && !is_session(request)) return refuse(401, "the token or the key is none", !at_jobs);
  if (at_jobs) return take_order(request.body);
  if (path == kApiKeyPath) {
    options_.api_key = fmt::format("key-{}", ++keys_made_);
    return json_answer(200, json::object{{"newApiKey", options_.api_key}});
  }
  auto body = parse_json(request.body);
  if (!body || !body->is_object()) return refuse(400, "the body is no JSON object", true);
  return path == kLoginPath ? log_in(body->get_object()) : change_password(body->get_object());
}

Result<HttpResponse> DvlaHouse::send(const HttpRequest& request) {
  std::lock_guard lock(mutex_);
  std::string_view path = request.url;
  if (!path.starts_with(options_.base_url)) return fail(ErrorKind::retry_later, "no such host");
  path.remove_prefix(options_.base_url.size());
  ++calls_[std::string(path)];
  auto found = std::find_if(troubles_.begin(), troubles_.end(),
                            [&](const DvlaTrouble& trouble) { return path.ends_with(trouble.path); });
  if (found == troubles_.end()) return answer(request, path);
  const DvlaTrouble trouble = std::move(*found);
  troubles_.erase(found);
  if (trouble.is_done_all_the_same) answer(request, path);
  if (trouble.status == 0) return fail(ErrorKind::retry_later, "the connection broke");
  return HttpResponse{trouble.status, trouble.headers, trouble.body};
}

void DvlaHouse::trouble(DvlaTrouble trouble) {
  std::lock_guard lock(mutex_);
  troubles_.push_back(std::move(trouble));
}

void DvlaHouse::end_sessions() {
  std::lock_guard lock(mutex_);
  tokens_.clear();
}

std::vector<DvlaJob> DvlaHouse::jobs() const {
  std::lock_guard lock(mutex_);
  return jobs_;
}

std::vector<std::string> DvlaHouse::problems() const {
  std::lock_guard lock(mutex_);
  return problems_;
}

std::map<std::string, int> DvlaHouse::calls() const {
  std::lock_guard lock(mutex_);
  return calls_;
}

std::string DvlaHouse::password() const {
  std::lock_guard lock(mutex_);
  return options_.password;
}

std::string DvlaHouse::api_key() const {
  std::lock_guard lock(mutex_);
  return options_.api_key;
}

std::vector<DvlaHouse::Report> DvlaHouse::due_reports(UtcTime now) const {
  std::lock_guard lock(mutex_);
  std::vector<Report> out;
  for (const DvlaJob& job : jobs_) {
    if (!job.is_reported) out.push_back({job.id, job.callback_url, dvla_report(job, now)});
  }
  return out;
}

void DvlaHouse::mark_reported(NotificationId id) {
  std::lock_guard lock(mutex_);
  if (auto found = by_id_.find(id); found != by_id_.end()) jobs_[found->second].is_reported = true;
}

}  // namespace postroom::fakes
