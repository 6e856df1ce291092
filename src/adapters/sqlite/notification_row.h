// A notification as a row, and back.
#pragma once

#include <string>
#include <vector>

#include "adapters/sqlite/store.h"
#include "core/notifications/notification.h"
#include "ports/notification_store.h"

namespace postroom::sqlite {

// What is costly to make is made by the caller's thread, so that the writer only binds and steps.
struct PreparedAcceptance {
  const notifications::Notification* notification;
  std::optional<Bytes> recipient;  // keyed hash; none without a normalised recipient
  Bytes personal;                  // sealed
  std::vector<PreparedTask> tasks;
};
PreparedAcceptance prepare_acceptance(const Store& store, const ports::Acceptance& acceptance);

// False when its id, reference or (job, row) exists; nothing is changed then.
bool insert_acceptance(Transaction& transaction, const PreparedAcceptance& acceptance);

Bytes recipient_hash(const KeyRing& key_ring, std::string_view normalised_to);

// A row read inside a snapshot; opened afterwards, so that decryption holds no connection.
struct NotificationRow {
  notifications::Notification notification;
  Bytes personal;  // sealed
};
// For "SELECT " kNotificationColumns " FROM notification …".
extern const std::string kNotificationColumns;
NotificationRow read_notification(Cursor& row);
// corrupt when the personal part was altered or moved from another row.
Result<notifications::Notification> open_notification(const KeyRing& key_ring, NotificationRow row);
Result<std::vector<notifications::Notification>> open_notifications(const KeyRing& key_ring,
                                                                    std::vector<NotificationRow> rows);

}  // namespace postroom::sqlite
