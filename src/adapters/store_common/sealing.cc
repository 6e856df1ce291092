#include "adapters/store_common/sealing.h"

namespace postroom::store_common {

std::string service_context(ServiceId id) { return "service:" + id.text(); }
std::string key_context(ApiKeyId id) { return "api_key:" + id.text(); }
std::string callback_context(ServiceId id, accounts::CallbackType type) {
  return "callback:" + id.text() + ":" + std::string(accounts::to_string(type));
}
std::string template_context(TemplateId id, int version) {
  return "template:" + id.text() + ":" + std::to_string(version);
}
std::string job_context(JobId id) { return "job:" + id.text(); }
std::string document_context(DocumentId id) { return "document:" + id.text(); }
std::string personal_context(NotificationId id) { return std::string("notification:").append(id.bytes()); }
std::string unsubscribe_context(NotificationId id) { return "unsubscribe:" + id.text(); }
std::string secret_context(std::string_view name) { return "secret:" + std::string(name); }
std::string payload_context(std::string_view kind, std::string_view subject) {
  return "task:" + std::string(kind) + ":" + std::string(subject);
}

Bytes recipient_hash(const KeyRing& key_ring, std::string_view normalised_to) {
  return key_ring.lookup_hash(normalised_to, "recipient");
}

AnswerHashes answer_hashes(const KeyRing& key_ring, const ports::IdempotencyKey& key, BytesView request) {
  return {key_ring.lookup_hash(key.text, "idempotency key"), key_ring.lookup_hash(request, "idempotent request")};
}

std::string answer_context(const ports::IdempotencyKey& key, BytesView key_hash) {
  std::string out = "answer:" + key.service_id.text() + ":" + std::string(accounts::to_string(key.key_type)) + ":";
  return out.append(key_hash);
}

Result<notifications::Notification> open_notification(const KeyRing& key_ring, NotificationRow row) {
  auto personal = key_ring.open(row.personal, personal_context(row.notification.id));
  if (!personal) return fail_in("notification " + row.notification.id.text(), std::move(personal).error());
  POSTROOM_CHECK(restore_personal_part(row.notification, *personal));
  return std::move(row.notification);
}

Result<std::vector<notifications::Notification>> open_notifications(const KeyRing& key_ring,
                                                                    std::vector<NotificationRow> rows) {
  std::vector<notifications::Notification> out;
  out.reserve(rows.size());
  for (NotificationRow& row : rows) {
    POSTROOM_TRY(opened, open_notification(key_ring, std::move(row)));
    out.push_back(std::move(opened));
  }
  return out;
}

Result<json::object> open_document(const KeyRing& key_ring, BytesView sealed, std::string_view context,
                                   std::string_view what) {
  auto text = key_ring.open(sealed, context);
  if (!text) return fail_in(what, std::move(text).error());
  auto parsed = parse_json(*text);
  if (!parsed || !parsed->is_object()) {
    return fail(ErrorKind::corrupt, "the stored document of " + std::string(what) + " is not a JSON object");
  }
  return std::move(parsed->get_object());
}

}  // namespace postroom::store_common
