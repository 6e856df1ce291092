// Rows of messages whose days are over, as both databases read them; see rows.h.
#pragma once

#include <string>

#include "adapters/store_common/codes.h"
#include "core/notifications/notification.h"
#include "ports/archive_store.h"

namespace postroom::store_common {

// The migrations have it in the condition of an index.
static_assert(code_of(notifications::NotificationStatus::pending_virus_check) == 9);

// States in which nobody knows yet whether a letter was printed.
inline const int kLettersKept = mask_of(std::vector{
    notifications::NotificationStatus::created, notifications::NotificationStatus::sending,
    notifications::NotificationStatus::pending, notifications::NotificationStatus::pending_virus_check});
// States from which a letter can be cancelled, and those that do not stand against cancelling the rest of its job.
inline const int kCancellable = mask_of(std::vector{notifications::NotificationStatus::created,
                                                    notifications::NotificationStatus::pending_virus_check});
inline const int kNeverPrinted =
    kCancellable | mask_of(std::vector{notifications::NotificationStatus::cancelled,
                                       notifications::NotificationStatus::virus_scan_failed,
                                       notifications::NotificationStatus::validation_failed,
                                       notifications::NotificationStatus::technical_failure});

inline const std::string kExpiredColumns = "id, status, key_type, reference, postage, created_at";

template <typename Row>
ports::ExpiredMessage read_expired(Row& row) {
  ports::ExpiredMessage out;
  out.id = row.template id<NotificationId>();
  out.status = row.template enumerator<notifications::NotificationStatus>();
  out.key_type = row.template enumerator<accounts::KeyType>();
  out.reference = row.text();
  out.postage = row.template optional_enumerator<notifications::Postage>();
  out.created_at = row.time();
  return out;
}

// Those that a message has while it lives, too.
inline const std::string kArchivedColumns =
    "id, service_id, type, status, key_type, api_key_id, template_id, template_version, job_id, job_row, "
    "reference, client_reference, postage, billable_units, international, phone_prefix, rate_multiplier, "
    "created_at, sent_at, updated_at, sent_by, provider_reference";

template <typename Row>
notifications::Notification read_archived(Row& row) {
  notifications::Notification n;
  n.id = row.template id<NotificationId>();
  n.service_id = row.template id<ServiceId>();
  n.type = row.template enumerator<notifications::NotificationType>();
  n.status = row.template enumerator<notifications::NotificationStatus>();
  n.key_type = row.template enumerator<accounts::KeyType>();
  n.api_key_id = row.template optional_id<ApiKeyId>();
  n.template_id = row.template id<TemplateId>();
  n.template_version = row.small();
  n.job_id = row.template optional_id<JobId>();
  n.job_row = row.optional_small();
  n.reference = row.text();
  auto client_reference = row.optional_text();
  n.has_client_reference = client_reference.has_value();
  n.client_reference = std::move(client_reference).value_or("");
  n.postage = row.template optional_enumerator<notifications::Postage>();
  n.billable_units = row.small();
  n.international = row.flag();
  n.phone_prefix = row.text();
  n.rate_multiplier = row.real();
  n.created_at = row.time();
  n.sent_at = row.optional_time();
  n.updated_at = row.optional_time();
  n.sent_by = row.text();
  n.provider_reference = row.text();
  return n;
}

template <typename Row>
ports::ArchiveCount read_archive_count(Row& row) {
  ports::ArchiveCount out;
  out.type = row.template enumerator<notifications::NotificationType>();
  out.status = row.template enumerator<notifications::NotificationStatus>();
  out.messages = row.integer();
  out.units = row.integer();
  return out;
}

inline Result<void> check_archive_size(std::size_t count) {
  if (count <= ports::kArchivedPerCallMax) return {};
  return fail(ErrorKind::invalid_input, std::to_string(count) + " messages in one call; at most " +
                                            std::to_string(ports::kArchivedPerCallMax));
}

}  // namespace postroom::store_common
