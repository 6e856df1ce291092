#include "flows/unsubscribe/unsubscribe_links.h"

#include "base/text.h"

namespace postroom::flows {

std::string UnsubscribeLinks::page_url(const notifications::Notification& email) const {
  return url(web_base_url_, email);
}

std::string UnsubscribeLinks::one_click_url(const notifications::Notification& email) const {
  return url(api_base_url_, email);
}

std::string UnsubscribeLinks::page_of(std::string_view notification_id, std::string_view token) const {
  if (web_base_url_.empty()) return "";
  return web_base_url_ + "/unsubscribe/" + percent_encode(notification_id) + "/" + percent_encode(token);
}

std::optional<std::string> UnsubscribeLinks::address_in(std::string_view token) const {
  auto address = tokens_.read(token, kUnsubscribeLinkAgeMax, clock_.now());
  if (!address) return std::nullopt;
  return std::move(*address);
}

std::string UnsubscribeLinks::url(const std::string& base, const notifications::Notification& email) const {
  if (base.empty()) return "";
  return base + "/unsubscribe/" + email.id.text() + "/" + tokens_.make(email.to, clock_.now(), random_);
}

}  // namespace postroom::flows
