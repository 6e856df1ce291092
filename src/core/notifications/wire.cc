#include "core/notifications/wire.h"

#include <array>

#include "base/json.h"
#include "base/text.h"
#include "core/notifications/delivery_estimate.h"
#include "core/notifications/json_writer.h"
#include "core/notifications/prices.h"

namespace postroom::notifications {
namespace {

using enum NotificationStatus;

// Room for the members that every answer of that kind has.
constexpr std::size_t kAcceptedBytesGuess = 640;
constexpr std::size_t kNotificationBytesGuess = 1280;
constexpr std::size_t kLinkBytesGuess = 128;

// The members all accepted messages share; the object stays open.
JsonWriter begin_accepted(const WireContext& wire, const Accepted& accepted, std::size_t content_bytes) {
  JsonWriter out(kAcceptedBytesGuess + content_bytes);
  const std::string id = accepted.id.text();
  const std::string template_id = accepted.template_id.text();
  out.open()
      .text("id", id)
      .text_or_null("reference", accepted.reference)
      .null("scheduled_for")
      .text("uri", wire.base_url + "/v2/notifications/" + id)
      .open("template")
      .text("id", template_id)
      .number("version", accepted.template_version)
      .text("uri", wire.base_url + "/services/" + accepted.service_id.text() + "/templates/" + template_id)
      .close();
  return out;
}

struct Cost {
  bool ready = true;
  double pounds = 0;
  std::string details = "{}";
};

double to_pounds(std::int64_t micros) { return static_cast<double>(micros) / static_cast<double>(kMicrosPerPound); }

Cost sms_cost(const Notification& n) {
  if (n.status == created && n.billable_units == 0) return Cost{.ready = false};
  Date day{std::chrono::floor<std::chrono::days>(n.created_at)};
  double rate = to_pounds(sms_fragment_price(day).value_or(0));
  JsonWriter details(kLinkBytesGuess);
  details.open()
      .number("billable_sms_fragments", n.billable_units)
      .decimal("international_rate_multiplier", n.rate_multiplier)
      .decimal("sms_rate", rate)
      .close();
  return Cost{.pounds = n.billable_units * n.rate_multiplier * rate, .details = details.take()};
}

Cost letter_cost(const Notification& n, const TimeZone& zone) {
  if (n.status == pending_virus_check || (n.status == created && n.billable_units == 0))
    return Cost{.ready = false};
  bool never_sent = n.status == cancelled || n.status == technical_failure || n.status == validation_failed ||
                    n.status == virus_scan_failed;
  int sheets = never_sent ? 0 : n.billable_units;
  Postage postage = n.postage.value_or(Postage::second);
  JsonWriter details(kLinkBytesGuess);
  details.open().number("billable_sheets_of_paper", sheets).text("postage", to_string(postage)).close();
  auto price = letter_price(zone.local_date(n.created_at), postage, sheets);
  return Cost{.pounds = to_pounds(price.value_or(0)), .details = details.take()};
}

Cost cost_of(const Notification& n, const TimeZone& zone) {
  switch (n.type) {
    case NotificationType::email: return Cost{};
    case NotificationType::sms: return sms_cost(n);
    case NotificationType::letter: return letter_cost(n, zone);
  }
  return Cost{};
}

// Address lines as they were sent, as text whatever their type: strict clients break on numbers.
std::optional<std::string> sent_line(const json::object& values, std::string_view key) {
  const json::value* value = values.if_contains(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (value->is_string()) return std::string(value->get_string());
  if (value->is_bool()) return value->get_bool() ? "True" : "False";
  return write_json(*value);
}

void write_address(JsonWriter& out, const Notification& n) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kLines{{{"line_1", "address_line_1"},
                                                                                 {"line_2", "address_line_2"},
                                                                                 {"line_3", "address_line_3"},
                                                                                 {"line_4", "address_line_4"},
                                                                                 {"line_5", "address_line_5"},
                                                                                 {"line_6", "address_line_6"},
                                                                                 {"postcode", "postcode"}}};
  if (n.type != NotificationType::letter) {
    for (const auto& [name, key] : kLines) out.null(name);
    return;
  }
  auto parsed = parse_json(n.personalisation);
  json::object values = parsed && parsed->is_object() ? std::move(parsed->get_object()) : json::object{};
  for (const auto& [name, key] : kLines) out.text_or_null(name, sent_line(values, key));
}

std::string query_text(std::string_view older_than, const QueryParameters& parameters) {
  std::string out;
  auto add = [&](std::string_view key, std::string_view value) {
    out += out.empty() ? '?' : '&';
    out += percent_encode(key);
    out += '=';
    out += percent_encode(value);
  };
  // First, because a client takes the first UUID that it finds in the link.
  if (!older_than.empty()) add("older_than", older_than);
  for (const auto& [key, value] : parameters) add(key, value);
  return out;
}

JsonWriter& optional_time(JsonWriter& out, std::string_view key, const std::optional<UtcTime>& time) {
  return time ? out.text(key, format_rfc3339(*time)) : out.null(key);
}

std::string list_json(std::string_view name, const std::vector<std::string>& items, JsonWriter& out) {
  out.open_array(name);
  for (const std::string& item : items) out.raw_item(item);
  out.close_array().close();
  return out.take();
}

std::size_t total_size(const std::vector<std::string>& items) {
  std::size_t size = items.size();
  for (const std::string& item : items) size += item.size();
  return size;
}

}  // namespace

std::string_view api_status(NotificationType type, NotificationStatus status) {
  if (type == NotificationType::letter) {
    if (status == created || status == sending) return "accepted";
    if (status == delivered || status == returned_letter) return "received";
  }
  return to_string(status);
}

std::string accepted_sms_json(const WireContext& wire, const Accepted& accepted, const SmsContent& content) {
  JsonWriter out = begin_accepted(wire, accepted, content.body.size());
  out.open("content").text("body", content.body).text("from_number", content.from_number).close().close();
  return out.take();
}

std::string accepted_email_json(const WireContext& wire, const Accepted& accepted, const EmailContent& content) {
  JsonWriter out = begin_accepted(wire, accepted, content.body.size() + content.subject.size());
  out.open("content")
      .text("from_email", content.from_email)
      .text("subject", content.subject)
      .text("body", content.body)
      .text_or_null("one_click_unsubscribe_url", content.one_click_unsubscribe_url)
      .close()
      .open("sanitised_content");
  for (const SanitisedValue& value : content.sanitised) {
    out.open(value.key).text("unsanitised", value.unsanitised).text("sanitised", value.sanitised).close();
  }
  out.close().close();
  return out.take();
}

std::string accepted_letter_json(const WireContext& wire, const Accepted& accepted, const LetterContent& content) {
  JsonWriter out = begin_accepted(wire, accepted, content.body.size() + content.subject.size());
  out.open("content").text("subject", content.subject).text("body", content.body).close().close();
  return out.take();
}

std::string accepted_precompiled_letter_json(NotificationId id, std::string_view reference, Postage postage) {
  JsonWriter out;
  out.open().text("id", id.text()).text("reference", reference).text("postage", to_string(postage)).close();
  return out.take();
}

std::string notification_json(const WireContext& wire, const Notification& n, const RenderedContent& content) {
  JsonWriter out(kNotificationBytesGuess + content.body.size());
  const std::string template_id = n.template_id.text();
  auto text_if = [&](std::string_view key, bool is_there, std::string_view value) {
    if (is_there)
      out.text(key, value);
    else
      out.null(key);
  };
  out.open().text("id", n.id.text());
  text_if("reference", n.has_client_reference, n.client_reference);
  out.text("type", to_string(n.type)).text("status", api_status(n.type, n.status));
  text_if("email_address", n.type == NotificationType::email, n.to);
  text_if("phone_number", n.type == NotificationType::sms, n.to);
  write_address(out, n);
  text_if("postage", n.postage.has_value(), n.postage ? to_string(*n.postage) : "");
  out.open("template")
      .text("id", template_id)
      .number("version", n.template_version)
      .text("uri", wire.base_url + "/v2/template/" + template_id + "/version/" + std::to_string(n.template_version))
      .close()
      .text_or_null("subject", content.subject)
      .text("body", content.body)
      .text("created_at", format_rfc3339(n.created_at));
  optional_time(out, "sent_at", n.sent_at);
  optional_time(out, "completed_at", n.status == virus_scan_failed ? std::nullopt : completed_at(n));
  if (n.type == NotificationType::letter) {
    UtcTime estimate =
        estimated_delivery(n.created_at, n.postage.value_or(Postage::second), wire.zone, wire.holidays);
    out.text("estimated_delivery", format_rfc3339(estimate));
  }
  text_if("created_by_name", !n.created_by_name.empty(), n.created_by_name);
  optional_time(out, "scheduled_for", n.scheduled_for);
  const std::string& unsubscribe_url = n.unsubscribe_url.empty() ? content.unsubscribe_url : n.unsubscribe_url;
  text_if("one_click_unsubscribe_url", !unsubscribe_url.empty(), unsubscribe_url);
  Cost cost = cost_of(n, wire.zone);
  out.flag("is_cost_data_ready", cost.ready);
  if (cost.ready)
    out.decimal("cost_in_pounds", cost.pounds);
  else
    out.null("cost_in_pounds");
  out.raw("cost_details", cost.details).close();
  return out.take();
}

std::string notification_list_json(const WireContext& wire, const std::vector<std::string>& items,
                                   const ListRequest& request, std::optional<NotificationId> last) {
  JsonWriter out(kAcceptedBytesGuess + total_size(items));
  const std::string path = wire.base_url + "/v2/notifications";
  const std::string older_than = request.older_than ? request.older_than->text() : "";
  out.open().open("links").text("current", path + query_text(older_than, request.accepted));
  if (last) out.text("next", path + query_text(last->text(), request.accepted));
  out.close();
  return list_json("notifications", items, out);
}

std::string template_json(const Template& text, const std::vector<std::string>& names) {
  JsonWriter out(kAcceptedBytesGuess + text.content.size());
  out.open()
      .text("id", text.id.text())
      .text("name", text.name)
      .text("type", to_string(text.type))
      .number("version", text.version)
      .text("created_at", format_rfc3339(text.created_at));
  optional_time(out, "updated_at", text.updated_at).text("created_by", text.created_by);
  if (text.type == NotificationType::sms)
    out.null("subject");
  else
    out.text("subject", text.subject);
  out.text("body", text.content);
  if (text.type == NotificationType::letter)
    out.text("postage", to_string(text.postage.value_or(Postage::second)));
  else
    out.null("postage");
  out.open("personalisation");
  for (const std::string& name : names) out.open(name).flag("required", true).close();
  out.close();
  if (text.contact_block.empty())
    out.null("letter_contact_block");
  else
    out.text("letter_contact_block", text.contact_block);
  out.close();
  return out.take();
}

std::string template_list_json(const std::vector<std::string>& items) {
  JsonWriter out(kLinkBytesGuess + total_size(items));
  out.open();
  return list_json("templates", items, out);
}

std::string preview_json(const Template& text, const Preview& preview) {
  JsonWriter out(kAcceptedBytesGuess + preview.body.size() + (preview.html ? preview.html->size() : 0));
  out.open()
      .text("id", text.id.text())
      .text("type", to_string(text.type))
      .number("version", text.version)
      .text_or_null("subject", preview.subject)
      .text("body", preview.body)
      .text_or_null("html", preview.html);
  if (text.type == NotificationType::letter)
    out.text("postage", to_string(text.postage.value_or(Postage::second)));
  else
    out.null("postage");
  out.close();
  return out.take();
}

}  // namespace postroom::notifications
