#include "flows/receipts/queued_reports.h"

#include "base/log.h"

namespace postroom::flows {
namespace {

// SES's event out of a message; nothing when it holds none.
std::optional<std::string> event_in(std::string_view body) {
  if (receipts::parse_ses_event(body)) return std::string(body);
  auto envelope = receipts::parse_sns_message(body);
  if (!envelope || envelope->kind != receipts::SnsMessage::Kind::notification) return std::nullopt;
  return std::move(envelope->message);
}

}  // namespace

Result<int> QueuedReports::read(std::chrono::seconds wait) {
  POSTROOM_TRY(waiting, queue_.receive(wait));
  std::vector<EmailEvent> events;
  std::vector<std::string> handles;
  for (ports::QueuedReport& report : waiting) {
    auto event = event_in(report.body);
    if (!event) {
      log_warning("ses.queue_odd_message", {{"message", report.id}});
      continue;
    }
    // Sent once by SES to say that the topic is right.
    if (receipts::parse_ses_event(*event))
      events.push_back({std::move(report.id), std::move(*event)});
    else
      log_info("ses.queue_no_event", {{"message", report.id}});
    handles.push_back(std::move(report.handle));
  }
  POSTROOM_CHECK(reports_.take_events(events));
  if (!handles.empty()) POSTROOM_CHECK(queue_.remove(handles));
  return static_cast<int>(events.size());
}

}  // namespace postroom::flows
