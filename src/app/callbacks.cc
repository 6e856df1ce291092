#include "app/callbacks.h"

#include "adapters/curl/curl_http_sender.h"
#include "app/settings.h"
#include "ports/task_names.h"
#include "worker/task_table.h"

namespace postroom::app {
namespace {

using namespace std::chrono_literals;

constexpr worker::RetryPolicy kNoticeRetry{.retries_max = 12, .delay = 300s, .first_delay = 60s};
// What ended so long ago nobody asks for any more.
constexpr Duration kEndedSecretsKept = 24h;
constexpr std::size_t kIdleHandlesMax = 1'024;

}  // namespace

void build_callbacks(Parts& parts) {
  parts.callbacks = std::make_unique<CallbackParts>();
  CallbackParts& c = *parts.callbacks;
  ports::Database& database = *parts.database;
  c.notices = std::make_unique<flows::EndpointNotices>(
      database.services(), parts.mailer.get(), parts.clock,
      flows::NoticeSender{parts.settings.text("brand.name"), "callbacks@" + parts.settings.text("email.domain")});
  c.sender = std::make_unique<curl::CurlHttpSender>(
      curl::CurlOptions{.allow_private_addresses = parts.settings.flag("flags.private_callback_targets"),
                        .idle_handles_max = kIdleHandlesMax});
  c.dispatch = std::make_unique<flows::CallbackDispatch>(flows::CallbackDispatchPorts{
      .services = database.services(),
      .callbacks = database.callbacks(),
      .texts = database.inbound(),
      .notifications = database.notifications(),
      .sender = *c.sender,
      .clock = parts.clock,
      .wall = parts.wall,
      .random = parts.random,
      .metrics = parts.metrics,
      .notices = [&notices = *c.notices](const ports::CallbackEndpoint& endpoint, std::string_view why) {
        return notices.tasks(endpoint, why);
      }});
}

void build_callback_stream(Parts& parts, ports::TaskQueue& claimed_from) {
  flows::CallbackDispatch& dispatch = *parts.callbacks->dispatch;
  parts.callbacks->stream = std::make_unique<worker::StreamPool>(
      claimed_from, parts.clock,
      worker::StreamWork{
          .queues = {std::string(ports::kCallbackQueue), std::string(ports::kCallbackRetryQueue)},
          .room = [&dispatch](std::string_view queue) { return dispatch.room(queue); },
          .take = [&dispatch](std::vector<ports::ClaimedTask> tasks) { dispatch.take(std::move(tasks)); },
          .collect = [&dispatch](Duration timeout) { return dispatch.collect(timeout); }},
      parts.process_name);
}

void add_callback_tasks(worker::TaskTable& table, Parts& parts) {
  table.add({.kind = std::string(ports::kTellManagers),
             .queue = std::string(ports::kSendEmailQueue),
             .retry = kNoticeRetry,
             .run = worker::one_by_one(
                 [&notices = *parts.callbacks->notices](worker::TaskRun& run) { return notices.send(run.task); })});
}

Result<void> remove_old_callbacks(Parts& parts) {
  const UtcTime now = parts.clock.now();
  const Settings& settings = parts.settings;
  for (int removed = ports::kCallbackRowsRemovedPerCallMax; removed >= ports::kCallbackRowsRemovedPerCallMax;) {
    POSTROOM_TRY(count, parts.database->callbacks().remove_old(now - settings.duration("callbacks.events_kept"),
                                                               now - settings.duration("callbacks.attempts_kept"),
                                                               now - kEndedSecretsKept));
    removed = count;
  }
  return {};
}

}  // namespace postroom::app
