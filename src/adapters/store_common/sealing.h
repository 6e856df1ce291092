// What each sealed value belongs to (see KeyRing::seal()): the same words in every database, so that a value
// moved between rows, columns or tables does not open. And the keyed hash that recipients are found by.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/json.h"
#include "base/key_ring.h"
#include "base/result.h"
#include "core/accounts/callback_config.h"
#include "core/notifications/notification.h"
#include "ports/answer_store.h"

namespace postroom::store_common {

std::string service_context(ServiceId id);
std::string key_context(ApiKeyId id);
std::string callback_context(ServiceId id, accounts::CallbackType type);
std::string template_context(TemplateId id, int version);
std::string job_context(JobId id);
std::string document_context(DocumentId id);
std::string personal_context(NotificationId id);
std::string unsubscribe_context(NotificationId id);
std::string secret_context(std::string_view name);
// A task's number is not known when its payload is sealed, so that is bound to what the task is about.
std::string payload_context(std::string_view kind, std::string_view subject);

Bytes recipient_hash(const KeyRing& key_ring, std::string_view normalised_to);

// Kept answers: what stands for the caller's key and for his request.
struct AnswerHashes {
  Bytes key;
  Bytes request;
};
AnswerHashes answer_hashes(const KeyRing& key_ring, const ports::IdempotencyKey& key, BytesView request);
std::string answer_context(const ports::IdempotencyKey& key, BytesView key_hash);

// What accept() and its like answer.
inline Error limit_reached() {
  return {ErrorKind::forbidden, "the service's limit of messages for the day is reached"};
}
inline Error answer_exists() {
  return {ErrorKind::conflict, "an answer is kept under this idempotency key already"};
}

// A notification as it stands in its row; opened after reading, so that decryption holds no connection.
struct NotificationRow {
  notifications::Notification notification;
  Bytes personal;  // sealed
};
// corrupt when the personal part was altered or moved from another row.
Result<notifications::Notification> open_notification(const KeyRing& key_ring, NotificationRow row);
Result<std::vector<notifications::Notification>> open_notifications(const KeyRing& key_ring,
                                                                    std::vector<NotificationRow> rows);

// Opens a sealed JSON object. corrupt names `what`.
Result<json::object> open_document(const KeyRing& key_ring, BytesView sealed, std::string_view context,
                                   std::string_view what);

}  // namespace postroom::store_common
