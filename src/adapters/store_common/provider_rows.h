// Rows about providers of texts, as both databases read them; see rows.h.
#pragma once

#include <string>

#include "ports/delivery_care_store.h"
#include "ports/provider_store.h"

namespace postroom::store_common {

inline const std::string kProviderColumns =
    "name, share, is_active, is_international, version, changed_at, changed_by, reason";

template <typename Row>
ports::ProviderState read_provider(Row& row) {
  ports::ProviderState out;
  out.name = row.text();
  out.share = row.small();
  out.is_active = row.flag();
  out.is_international = row.flag();
  out.version = row.small();
  out.changed_at = row.time();
  out.changed_by = row.text();
  out.reason = row.text();
  return out;
}

inline const std::string kHandOverColumns = "notification_id, provider, begun_at, repeats";

template <typename Row>
ports::HandOverNote read_hand_over(Row& row) {
  ports::HandOverNote out;
  out.id = row.template id<NotificationId>();
  out.provider = row.text();
  out.begun_at = row.time();
  out.repeats = row.small();
  return out;
}

// Rows of (outcome, count).
template <typename Row>
void add_outcome(Row& row, ports::PartsReport& report) {
  const auto outcome = static_cast<ports::PartOutcome>(row.small());
  const int count = row.small();
  switch (outcome) {
    case ports::PartOutcome::waiting: report.waiting += count; break;
    case ports::PartOutcome::delivered: report.delivered += count; break;
    case ports::PartOutcome::failed_for_now: report.failed_for_now += count; break;
    case ports::PartOutcome::failed_for_good: report.failed_for_good += count; break;
  }
}

template <typename Row>
ports::DeliveryCareStore::Waiting read_waiting(Row& row) {
  ports::DeliveryCareStore::Waiting out;
  out.place.id = row.template id<NotificationId>();
  out.place.created_at = row.time();
  out.type = row.template enumerator<notifications::NotificationType>();
  out.key_type = row.template enumerator<accounts::KeyType>();
  out.scheduled_for = row.optional_time();
  return out;
}

}  // namespace postroom::store_common
