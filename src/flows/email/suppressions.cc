#include "flows/email/suppressions.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"

namespace postroom::flows {

using notifications::Notification;

namespace {

std::string address_of(const Notification& email) {
  return to_lower(email.normalised_to.empty() ? email.to : email.normalised_to);
}

}  // namespace

Result<std::optional<ports::Suppression>> Suppressions::find(const Notification& email) {
  if (days_ == 0) return std::optional<ports::Suppression>();
  return store_.find(email.service_id, address_of(email), oldest());
}

Result<void> Suppressions::put(const Notification& email, ServiceId service, ports::SuppressionReason reason,
                               std::string_view detail) {
  if (days_ == 0) return {};
  POSTROOM_CHECK(store_.put({.address = address_of(email),
                             .service_id = service,
                             .reason = reason,
                             .detail = std::string(detail),
                             .notification_id = email.id,
                             .created_at = clock_.now()}));
  log_info("email.suppressed", {{"notification", email.id.text()}, {"reason", to_string(reason)}});
  return {};
}

Result<void> Suppressions::add_bounced(const Notification& email, std::string_view detail) {
  return put(email, ServiceId{}, ports::SuppressionReason::bounced, detail);
}

Result<void> Suppressions::add_complained(const Notification& email, std::string_view detail) {
  return put(email, email.service_id, ports::SuppressionReason::complained, detail);
}

Result<void> Suppressions::sweep() {
  if (days_ == 0) return {};
  for (int removed = ports::kSuppressionListMax; removed == ports::kSuppressionListMax;) {
    POSTROOM_TRY(count, store_.remove_before(oldest()));
    removed = count;
  }
  return {};
}

std::string reason_text(const ports::Suppression& s) {
  std::string_view what = "was taken off by an operator";
  if (s.reason == ports::SuppressionReason::bounced) what = "bounced for good";
  if (s.reason == ports::SuppressionReason::complained) what = "complained about this service's emails";
  return fmt::format("not sent: the address {} on {}{}; `postroom suppression remove` lets it get emails again",
                     what, format_date(std::chrono::floor<std::chrono::days>(s.created_at)),
                     s.detail.empty() ? "" : " (" + s.detail + ")");
}

}  // namespace postroom::flows
