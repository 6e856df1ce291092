#include "adapters/email_http/ses_mailer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/json.h"
#include "core/aws/fault.h"

namespace postroom::email_http {
namespace {

constexpr std::string_view kPath = "/v2/email/outbound-emails";
constexpr std::string_view kJson = "application/json";

// Faults of the email itself; everything else is about the account or the moment.
constexpr std::array<std::string_view, 3> kFaultsOfTheEmail = {"BadRequestException", "MessageRejected",
                                                               "ValidationException"};

Error refusal(const ports::HttpResponse& response) {
  const std::string fault = aws::fault_name(response.header("x-amzn-ErrorType").value_or(""), response.body);
  const std::string what =
      fmt::format("Amazon SES answered {}{}{}", response.status, fault.empty() ? "" : " ", fault);
  const bool is_ours = response.status == 400 && std::find(kFaultsOfTheEmail.begin(), kFaultsOfTheEmail.end(),
                                                           fault) != kFaultsOfTheEmail.end();
  if (is_ours || response.status == 413) return {ErrorKind::invalid_input, what + ": it does not take this email"};
  if (response.status == 429 || fault.find("hrottl") != std::string::npos || fault == "LimitExceededException")
    return {ErrorKind::retry_later, what + ": more emails than the account may send"};
  return {ErrorKind::retry_later, what};
}

}  // namespace

SesMailer::SesMailer(SesOptions options, ports::MessageWriter& writer, ports::HttpClient& client,
                     const Clock& real_time)
    : options_(std::move(options)), writer_(writer), client_(client), clock_(real_time) {
  std::string endpoint = options_.endpoint.empty() ? fmt::format("https://email.{}.amazonaws.com", options_.region)
                                                   : options_.endpoint;
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const std::size_t slashes = endpoint.find("//");
  host_ = slashes == std::string::npos ? endpoint : endpoint.substr(slashes + 2);
  url_ = endpoint + std::string(kPath);
}

Result<ports::ProviderReceipt> SesMailer::send(const ports::EmailMessage& message) {
  POSTROOM_TRY(text, writer_.write(message));
  json::object body{{"Destination", {{"ToAddresses", json::array{message.to}}}},
                    {"Content", {{"Raw", {{"Data", to_base64(text)}}}}},
                    {"EmailTags", json::array{{{"Name", "notification"}, {"Value", message.message_reference}}}}};
  if (!message.return_path.empty()) body["FeedbackForwardingEmailAddress"] = message.return_path;
  if (!options_.configuration_set.empty()) body["ConfigurationSetName"] = options_.configuration_set;

  ports::HttpRequest request;
  request.method = "POST";
  request.url = url_;
  request.body = write_json(body);
  request.timeout = options_.timeout;
  const aws::AwsCall call{.method = "POST",
                          .path = std::string(kPath),
                          .headers = {{"Host", host_}, {"Content-Type", std::string(kJson)}},
                          .body = request.body};
  request.headers = {{"Content-Type", std::string(kJson)}};
  for (auto& header : aws::sign(call, options_.credentials, {options_.region, "ses"}, clock_.now()))
    request.headers.push_back(std::move(header));
  POSTROOM_TRY(response, client_.send(request));
  if (response.status != 200) return fail(refusal(response));
  auto answer = parse_json(response.body);
  const std::string id =
      answer && answer->is_object() ? get_string(answer->get_object(), "MessageId").value_or("") : "";
  return ports::ProviderReceipt{.provider = std::string(name()), .provider_reference = id};
}

}  // namespace postroom::email_http
