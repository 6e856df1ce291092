#include "adapters/email_http/sqs_queue.h"

#include <fmt/format.h>

#include "core/aws/fault.h"

namespace postroom::email_http {
namespace {

constexpr std::string_view kContentType = "application/x-amz-json-1.0";
constexpr int kReportsMax = 10;        // SQS gives no more at once
constexpr int kHiddenForSeconds = 60;  // far longer than storing ten takes
constexpr std::chrono::seconds kAnswerTime{15};
// Ten messages of 256 KiB, whose text JSON may double.
constexpr std::size_t kAnswerBytesMax = 6 * 1024 * 1024;

}  // namespace

SqsQueue::SqsQueue(SqsOptions options, ports::HttpClient& client, const Clock& real_time)
    : options_(std::move(options)), client_(client), clock_(real_time) {
  const std::size_t slashes = options_.queue_url.find("//");
  const std::size_t start = slashes == std::string::npos ? 0 : slashes + 2;
  const std::size_t end = std::min(options_.queue_url.find('/', start), options_.queue_url.size());
  host_ = options_.queue_url.substr(start, end - start);
  url_ = options_.queue_url.substr(0, end) + "/";
}

Result<json::object> SqsQueue::call(std::string_view action, json::object body, std::chrono::seconds wait) {
  body["QueueUrl"] = options_.queue_url;
  ports::HttpRequest request;
  request.method = "POST";
  request.url = url_;
  request.body = write_json(body);
  request.timeout = wait + kAnswerTime;
  request.response_bytes_max = kAnswerBytesMax;
  request.headers = {{"Content-Type", std::string(kContentType)},
                     {"X-Amz-Target", "AmazonSQS." + std::string(action)}};
  aws::AwsCall signed_call{.method = request.method, .headers = request.headers, .body = request.body};
  signed_call.headers.emplace_back("Host", host_);
  for (auto& header : aws::sign(signed_call, options_.credentials, {options_.region, "sqs"}, clock_.now()))
    request.headers.push_back(std::move(header));
  POSTROOM_TRY(response, client_.send(request));
  if (response.status != 200) {
    const std::string fault = aws::fault_name(response.header("x-amzn-ErrorType").value_or(""), response.body);
    return fail(ErrorKind::retry_later, fmt::format("Amazon SQS answered {}{}{} to {}", response.status,
                                                    fault.empty() ? "" : " ", fault, action));
  }
  auto answer = parse_json(response.body);
  if (!answer || !answer->is_object())
    return fail(ErrorKind::retry_later, fmt::format("Amazon SQS's answer to {} does not read", action));
  return std::move(answer->get_object());
}

Result<std::vector<ports::QueuedReport>> SqsQueue::receive(std::chrono::seconds wait) {
  POSTROOM_TRY(answer, call("ReceiveMessage",
                            {{"MaxNumberOfMessages", kReportsMax},
                             {"WaitTimeSeconds", wait.count()},
                             {"VisibilityTimeout", kHiddenForSeconds}},
                            wait));
  std::vector<ports::QueuedReport> out;
  // Left out when nothing waits.
  const json::value* messages = answer.if_contains("Messages");
  if (messages == nullptr || !messages->is_array()) return out;
  for (const json::value& message : messages->get_array()) {
    const json::object* object = message.if_object();
    if (object == nullptr) continue;
    out.push_back({get_string(*object, "MessageId").value_or(""), get_string(*object, "ReceiptHandle").value_or(""),
                   get_string(*object, "Body").value_or("")});
  }
  return out;
}

Result<void> SqsQueue::remove(std::span<const std::string> handles) {
  json::array entries;
  for (const std::string& handle : handles)
    entries.push_back(json::object{{"Id", std::to_string(entries.size())}, {"ReceiptHandle", handle}});
  POSTROOM_TRY(answer, call("DeleteMessageBatch", {{"Entries", std::move(entries)}}, std::chrono::seconds{0}));
  const json::value* failed = answer.if_contains("Failed");
  if (failed == nullptr || !failed->is_array() || failed->get_array().empty()) return {};
  return fail(ErrorKind::retry_later, fmt::format("Amazon SQS did not remove {} of {} reports",
                                                  failed->get_array().size(), handles.size()));
}

}  // namespace postroom::email_http
