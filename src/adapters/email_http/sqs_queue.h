// Reports out of a queue of Amazon SQS, whose JSON protocol is spoken.
// docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference
#pragma once

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "core/aws/signature.h"
#include "ports/http_client.h"
#include "ports/report_queue.h"

namespace postroom::email_http {

struct SqsOptions {
  std::string queue_url;  // "https://sqs.eu-west-2.amazonaws.com/123456789012/ses-reports"
  std::string region;
  aws::AwsCredentials credentials;
};

class SqsQueue final : public ports::ReportQueue {
 public:
  // Both must outlive it. `real_time`: Amazon refuses calls whose time is off.
  SqsQueue(SqsOptions options, ports::HttpClient& client, const Clock& real_time);

  Result<std::vector<ports::QueuedReport>> receive(std::chrono::seconds wait) override;
  Result<void> remove(std::span<const std::string> handles) override;

 private:
  Result<json::object> call(std::string_view action, json::object body, std::chrono::seconds wait);

  const SqsOptions options_;
  std::string host_, url_;
  ports::HttpClient& client_;
  const Clock& clock_;
};

}  // namespace postroom::email_http
