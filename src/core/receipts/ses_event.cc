#include "core/receipts/ses_event.h"

#include <fmt/format.h>

#include "base/json.h"
#include "core/receipts/form.h"

namespace postroom::receipts {
namespace {

using enum notifications::NotificationStatus;

const json::object* object_at(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr ? value->if_object() : nullptr;
}

std::optional<UtcTime> time_at(const json::object& object, std::string_view name) {
  auto text = get_string(object, name);
  return text ? parse_rfc3339(*text) : std::nullopt;
}

// SES's own words, which say nothing about people; bounded all the same.
std::string word_at(const json::object& object, std::string_view name) {
  return get_string(object, name).value_or("").substr(0, kFieldBytesMax);
}

Result<void> read_bounce(const json::object& document, SesEvent& out) {
  const json::object* bounce = object_at(document, "bounce");
  if (bounce == nullptr) return fail(ErrorKind::invalid_input, "bounce must be an object");
  std::string type = word_at(*bounce, "bounceType");
  if (type.empty()) return fail(ErrorKind::invalid_input, "bounce.bounceType must be a string");
  std::string sub_type = word_at(*bounce, "bounceSubType");
  out.status = type == "Permanent" ? permanent_failure : temporary_failure;
  out.detail = "bounce " + type + (sub_type.empty() ? "" : ", " + sub_type);
  return {};
}

Result<void> read_complaint(const json::object& document, const json::object& mail, SesEvent& out) {
  const json::object* complaint = object_at(document, "complaint");
  if (complaint == nullptr) return fail(ErrorKind::invalid_input, "complaint must be an object");
  out.kind = SesEvent::Kind::complaint;
  out.feedback_id = word_at(*complaint, "feedbackId");
  if (out.feedback_id.empty()) return fail(ErrorKind::invalid_input, "complaint.feedbackId must be a string");
  out.complaint_type = word_at(*complaint, "complaintFeedbackType");
  out.complained_at = time_at(*complaint, "timestamp");
  std::vector<std::string> destinations = get_strings(mail, "destination");
  if (!destinations.empty()) out.recipient = std::move(destinations.front());
  return {};
}

}  // namespace

Result<SesEvent> parse_ses_event(std::string_view message) {
  POSTROOM_TRY(parsed, parse_json(message));
  const json::object* document = parsed.if_object();
  if (document == nullptr) return fail(ErrorKind::invalid_input, "the event must be a JSON object");
  std::string type =
      get_string(*document, "notificationType").value_or(get_string(*document, "eventType").value_or(""));
  const json::object* mail = object_at(*document, "mail");
  if (mail == nullptr) return fail(ErrorKind::invalid_input, "mail must be an object");
  SesEvent out;
  out.message_id = word_at(*mail, "messageId");
  if (out.message_id.empty()) return fail(ErrorKind::invalid_input, "mail.messageId must be a string");
  out.sent_at = time_at(*mail, "timestamp");
  if (type == "Delivery") {
    out.detail = "delivery";
  } else if (type == "Bounce") {
    POSTROOM_CHECK(read_bounce(*document, out));
  } else if (type == "Complaint") {
    POSTROOM_CHECK(read_complaint(*document, *mail, out));
  } else {
    return fail(ErrorKind::invalid_input, "notificationType must be Delivery, Bounce or Complaint");
  }
  return out;
}

}  // namespace postroom::receipts
