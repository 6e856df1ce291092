#include "app/email_queue.h"

#include "adapters/email_http/sqs_queue.h"
#include "app/email.h"
#include "app/flow_parts.h"
#include "app/parts.h"
#include "app/receipts.h"
#include "base/log.h"

namespace postroom::app {
namespace {

// The queue is asked so often while it is empty; stopping waits as long.
constexpr std::chrono::seconds kQuestion{4};
constexpr std::chrono::seconds kTroublePause{10};

}  // namespace

void EmailQueueReader::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void EmailQueueReader::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_signal_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void EmailQueueReader::run() {
  for (;;) {
    auto read = reports_.read(kQuestion);
    if (!read) log_warning("ses.queue_not_read", {{"error", read.error().message}});
    std::unique_lock lock(mutex_);
    if (!read) stop_signal_.wait_for(lock, kTroublePause, [this] { return stopping_; });
    if (stopping_) return;
  }
}

Result<std::unique_ptr<EmailQueueReader>> build_email_queue(Parts& parts) {
  const std::string& url = parts.settings.text("ses.queue_url");
  if (url.empty()) return std::unique_ptr<EmailQueueReader>();
  const std::size_t slashes = url.find("://");
  if ((!url.starts_with("https://") && !url.starts_with("http://127.0.0.1:")) ||
      url.find('/', slashes + 3) == std::string::npos) {
    return fail(
        ErrorKind::invalid_input,
        "setting 'ses.queue_url' is '" + url +
            "', but must be a queue's address such as https://sqs.eu-west-2.amazonaws.com/123456789012/reports");
  }
  POSTROOM_TRY(account, ses_account(parts.settings, "ses.queue_url"));
  auto queue = std::make_unique<email_http::SqsQueue>(
      email_http::SqsOptions{.queue_url = url, .region = account.region, .credentials = account.credentials},
      *parts.operator_client, parts.wall);
  return std::make_unique<EmailQueueReader>(std::move(queue), parts.flows->provider_reports->email);
}

}  // namespace postroom::app
