#include "flows/receipts/email_reports.h"

#include <fmt/format.h>

#include "base/log.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

constexpr std::string_view kProvider = "ses";

}  // namespace

Result<void> EmailReports::take(const receipts::SnsMessage& message) {
  using Kind = receipts::SnsMessage::Kind;
  if (message.kind == Kind::unsubscribe_confirmation) {
    log_warning("ses.unsubscribed", {{"topic", message.topic}});
    return {};
  }
  if (message.kind == Kind::notification) {
    const EmailEvent event{message.message_id, message.message};
    return take_events(std::span(&event, 1));
  }
  const ports::NewTask task{.queue = std::string(ports::kEmailReceiptQueue),
                            .kind = std::string(ports::kConfirmSnsTopic),
                            .subject = message.message_id.substr(0, receipts::kFieldBytesMax),
                            .payload = message.subscribe_url,
                            .run_at = ports_.clock.now()};
  return ports_.tasks.enqueue(std::span(&task, 1));
}

Result<void> EmailReports::take_events(std::span<const EmailEvent> events) {
  if (events.empty()) return {};
  std::vector<ports::NewTask> tasks;
  for (const EmailEvent& event : events) {
    tasks.push_back({.queue = std::string(ports::kEmailReceiptQueue),
                     .kind = std::string(ports::kProcessSesEvent),
                     .subject = event.id.substr(0, receipts::kFieldBytesMax),
                     .payload = event.text,
                     .run_at = ports_.clock.now()});
  }
  return ports_.tasks.enqueue(tasks);
}

Result<void> EmailReports::apply(std::string_view text) {
  POSTROOM_TRY(event, receipts::parse_ses_event(text));
  POSTROOM_TRY(id, ports_.reports.email_of(event.message_id));
  if (!id) {
    if (event.sent_at && ports_.clock.now() - *event.sent_at < kEmailReferenceGrace) {
      return fail(ErrorKind::retry_later, "no email has the reference of this report yet");
    }
    log_warning("receipt.unknown_reference", {{"provider", kProvider}, {"reference", event.message_id}});
    return {};
  }
  return event.kind == receipts::SesEvent::Kind::receipt ? apply_receipt(*id, event) : apply_complaint(*id, event);
}

Result<void> EmailReports::apply_receipt(NotificationId id, const receipts::SesEvent& event) {
  const Receipt receipt{
      .id = id, .status = event.status, .provider = std::string(kProvider), .detail = event.detail};
  POSTROOM_CHECK(receipts_.apply_email(std::span(&receipt, 1)));
  if (event.status == notifications::NotificationStatus::permanent_failure && ports_.suppressions != nullptr) {
    POSTROOM_TRY(notification, ports_.notifications.find(id));
    return ports_.suppressions->add_bounced(notification, event.detail);
  }
  return {};
}

Result<void> EmailReports::apply_complaint(NotificationId id, const receipts::SesEvent& event) {
  POSTROOM_TRY(notification, ports_.notifications.find(id));
  const UtcTime now = ports_.clock.now();
  const ports::Complaint complaint{.id = Uuid::time_ordered(now, ports_.random),
                                   .notification_id = id,
                                   .service_id = notification.service_id,
                                   .feedback_id = event.feedback_id,
                                   .type = event.complaint_type,
                                   .complained_at = event.complained_at,
                                   .created_at = now};
  const ComplaintNotice notice{.id = complaint.id.text(),
                               .to = event.recipient.empty() ? notification.to : event.recipient,
                               .at = event.complained_at};
  POSTROOM_TRY(task, callbacks_.complaint_task_for(notification, notice, now));
  std::vector<ports::NewTask> tasks;
  if (task) tasks.push_back(std::move(*task));
  POSTROOM_TRY(is_new, ports_.reports.add_complaint(complaint, tasks));
  if (is_new && ports_.suppressions != nullptr) {
    POSTROOM_CHECK(ports_.suppressions->add_complained(notification, "complaint " + event.complaint_type));
  }
  log_info(is_new ? "receipt.complaint" : "receipt.complaint_repeated", {{"notification", id.text()}});
  return {};
}

Result<void> EmailReports::confirm(std::string_view subscribe_url) {
  if (!receipts::is_sns_url(subscribe_url)) {
    return fail(ErrorKind::forbidden, "the subscription's address is not one of Amazon SNS");
  }
  ports::HttpRequest request;
  request.url = subscribe_url;
  POSTROOM_TRY(response, ports_.client.send(request));
  if (response.status / 100 == 2) {
    log_info("ses.subscribed");
    return {};
  }
  return fail(response.status >= 500 ? ErrorKind::retry_later : ErrorKind::rejected,
              fmt::format("Amazon SNS answered {} to the confirmation", response.status));
}

}  // namespace postroom::flows
