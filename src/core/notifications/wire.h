// Answers of the public API as JSON text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time_zone.h"
#include "core/notifications/notification.h"
#include "core/notifications/requests.h"
#include "core/notifications/template.h"
#include "core/recipients/bank_holidays.h"

namespace postroom::notifications {

// What answers need to know of the installation. Everything must outlive it.
struct WireContext {
  std::string base_url;  // scheme and host, no slash at the end
  const TimeZone& zone;
  const recipients::BankHolidays& holidays;
};

// The status as callers see it: letters have words of their own.
std::string_view api_status(NotificationType type, NotificationStatus status);

// What an accepted message answers with.
struct Accepted {
  NotificationId id;
  ServiceId service_id;
  TemplateId template_id;
  int template_version = 1;
  std::optional<std::string> reference;
};

struct SanitisedValue {
  std::string key;  // as sent
  std::string unsanitised;
  std::string sanitised;
};

struct SmsContent {
  std::string body;
  std::string from_number;
};
struct EmailContent {
  std::string from_email;
  std::string subject;
  std::string body;
  std::optional<std::string> one_click_unsubscribe_url;
  std::vector<SanitisedValue> sanitised;
};
struct LetterContent {
  std::string subject;
  std::string body;
};

std::string accepted_sms_json(const WireContext& wire, const Accepted& accepted, const SmsContent& content);
std::string accepted_email_json(const WireContext& wire, const Accepted& accepted, const EmailContent& content);
std::string accepted_letter_json(const WireContext& wire, const Accepted& accepted, const LetterContent& content);
std::string accepted_precompiled_letter_json(NotificationId id, std::string_view reference, Postage postage);

// The content of a stored notification, rendered anew from its template version.
struct RenderedContent {
  std::optional<std::string> subject;  // none for texts
  std::string body;
  std::string unsubscribe_url = {};  // of the template's own link, where the caller gave none; empty: no link
};
std::string notification_json(const WireContext& wire, const Notification& notification,
                              const RenderedContent& content);
// `items` are notification_json() texts, `request` what was asked for, `last` the id of the last item.
std::string notification_list_json(const WireContext& wire, const std::vector<std::string>& items,
                                   const ListRequest& request, std::optional<NotificationId> last);

// `names` are the placeholders in listing order.
std::string template_json(const Template& text, const std::vector<std::string>& names);
std::string template_list_json(const std::vector<std::string>& items);

struct Preview {
  std::optional<std::string> subject;  // none for texts
  std::string body;
  std::optional<std::string> html;  // emails only
};
std::string preview_json(const Template& text, const Preview& preview);

// A page of received texts with nothing on it.
std::string no_received_texts_json(const WireContext& wire);

}  // namespace postroom::notifications
