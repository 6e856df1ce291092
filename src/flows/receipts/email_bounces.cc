#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "flows/receipts/email_reports.h"
#include "ports/task_names.h"

namespace postroom::flows {

using Kind = email::BounceReport::Kind;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;

namespace {

constexpr std::string_view kKinds[] = {"delivered", "delayed", "hard", "soft", "complaint"};

// Codes only: nothing in it is personal.
Bytes to_payload(const email::BounceReport& report) {
  json::object out{{"notification", report.notification->text()},
                   {"kind", kKinds[static_cast<std::size_t>(report.kind)]},
                   {"address_is_bad", report.address_is_bad},
                   {"detail", report.detail},
                   {"complaint_type", report.complaint_type}};
  if (report.at) out["at"] = format_rfc3339(*report.at);
  return write_json(out);
}

Result<email::BounceReport> from_payload(std::string_view payload) {
  POSTROOM_TRY(document, parse_json(payload));
  const json::object* object = document.if_object();
  if (object == nullptr) return fail(ErrorKind::corrupt, "a kept bounce does not read back");
  email::BounceReport out;
  out.notification = NotificationId::parse(get_string(*object, "notification").value_or(""));
  const std::string kind = get_string(*object, "kind").value_or("");
  const auto found = std::find(std::begin(kKinds), std::end(kKinds), kind);
  if (!out.notification || found == std::end(kKinds)) {
    return fail(ErrorKind::corrupt, "a kept bounce does not read back");
  }
  out.kind = static_cast<Kind>(found - std::begin(kKinds));
  out.address_is_bad = get_bool(*object, "address_is_bad").value_or(false);
  out.detail = get_string(*object, "detail").value_or("");
  out.complaint_type = get_string(*object, "complaint_type").value_or("");
  out.at = parse_rfc3339(get_string(*object, "at").value_or(""));
  return out;
}

}  // namespace

Result<void> EmailReports::take_bounce(std::string_view message, std::string_view recipient) {
  POSTROOM_TRY(report, email::read_bounce(message, recipient));
  if (!report.notification) return fail(ErrorKind::not_found, "the report does not say which email it is about");
  const ports::NewTask task{.queue = std::string(ports::kEmailReceiptQueue),
                            .kind = std::string(ports::kProcessBounce),
                            .subject = report.notification->text(),
                            .payload = to_payload(report),
                            .run_at = ports_.clock.now()};
  return ports_.tasks.enqueue(std::span(&task, 1));
}

Result<void> EmailReports::apply_bounce(std::string_view payload) {
  POSTROOM_TRY(report, from_payload(payload));
  const NotificationId id = *report.notification;
  auto found = ports_.notifications.find(id);
  if (!found && found.error().kind == ErrorKind::not_found) {
    log_warning("receipt.unknown_notification", {{"notification", id.text()}});
    return {};
  }
  if (!found) return fail(found.error());
  if (found->type != NotificationType::email) {
    log_error("receipt.wrong_channel", {{"notification", id.text()}, {"provider", "bounce"}});
    return {};
  }
  if (report.kind == Kind::complaint) {
    // A server reports a complaint about one email once; what repeats it counts for the same.
    return apply_complaint(id, {.kind = receipts::SesEvent::Kind::complaint,
                                .message_id = {},
                                .sent_at = {},
                                .detail = {},
                                .feedback_id = fmt::format("arf:{}:{}", id.text(), report.complaint_type),
                                .complaint_type = report.complaint_type,
                                .complained_at = report.at,
                                .recipient = {}});
  }
  // Faster than the note that the relay took it.
  if (found->status == NotificationStatus::created)
    return fail(ErrorKind::retry_later, "the email of this bounce has not been noted as handed over yet");
  return apply_delivery(*found, report);
}

Result<void> EmailReports::apply_delivery(const Notification& email, const email::BounceReport& report) {
  if (report.kind == Kind::delayed) {
    return ports_.notifications.add_event(email.id,
                                          {ports_.clock.now(), email.status, "receipt.delayed", report.detail});
  }
  Receipt receipt{.id = email.id,
                  .status = NotificationStatus::delivered,
                  .provider = email.sent_by.empty() ? "bounce" : email.sent_by,
                  .detail = report.detail};
  if (report.kind == Kind::hard) receipt.status = NotificationStatus::permanent_failure;
  if (report.kind == Kind::soft) receipt.status = NotificationStatus::temporary_failure;
  POSTROOM_TRY(changed, receipts_.apply_email(std::span(&receipt, 1)));
  if (report.kind == Kind::delivered) return {};
  if (!changed.front() && email.status == NotificationStatus::delivered) {
    // A state at its end stays; the timeline tells.
    POSTROOM_CHECK(
        ports_.notifications.add_event(email.id, {ports_.clock.now(), email.status, "bounce.late", report.detail}));
  }
  if (report.address_is_bad && ports_.suppressions != nullptr)
    return ports_.suppressions->add_bounced(email, report.detail);
  return {};
}

}  // namespace postroom::flows
