#include "adapters/sqlite/notification_row.h"

#include "adapters/sqlite/codes.h"

namespace postroom::sqlite {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO notification(id, service_id, type, status, key_type, api_key_id, template_id, template_version, "
    "job_id, job_row, reference, client_reference, postage, billable_units, international, phone_prefix, "
    "rate_multiplier, created_at, sent_at, updated_at, sent_by, provider_reference, recipient, personal) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, "
    "?23, "
    "?24) ON CONFLICT DO NOTHING";

std::string personal_context(NotificationId id) { return std::string("notification:").append(id.bytes()); }

std::optional<std::string_view> unless_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

const std::string kNotificationColumns =
    "id, service_id, type, status, key_type, api_key_id, template_id, template_version, job_id, job_row, "
    "reference, "
    "client_reference, postage, billable_units, international, phone_prefix, rate_multiplier, created_at, sent_at, "
    "updated_at, sent_by, provider_reference, personal";

Bytes recipient_hash(const KeyRing& key_ring, std::string_view normalised_to) {
  return key_ring.lookup_hash(normalised_to, "recipient");
}

PreparedAcceptance prepare_acceptance(const Store& store, const ports::Acceptance& acceptance) {
  const notifications::Notification& n = acceptance.notification;
  PreparedAcceptance out;
  out.notification = &n;
  if (!n.normalised_to.empty()) out.recipient = recipient_hash(store.key_ring, n.normalised_to);
  out.personal = store.seal(personal_part(n), personal_context(n.id));
  out.tasks = prepare_tasks(store, acceptance.tasks);
  return out;
}

bool insert_acceptance(Transaction& transaction, const PreparedAcceptance& acceptance) {
  const notifications::Notification& n = *acceptance.notification;
  std::optional<std::string_view> client_reference;
  if (n.has_client_reference) client_reference = n.client_reference;
  std::optional<Blob> recipient;
  if (acceptance.recipient) recipient = Blob{*acceptance.recipient};
  int stored = transaction.connection.run(
      kInsert, n.id, n.service_id, code_of(n.type), code_of(n.status), code_of(n.key_type), n.api_key_id,
      n.template_id, n.template_version, n.job_id, n.job_row, unless_empty(n.reference), client_reference,
      optional_code(n.postage), n.billable_units, n.international, n.phone_prefix, n.rate_multiplier, n.created_at,
      n.sent_at, n.updated_at, n.sent_by, n.provider_reference, recipient, Blob{acceptance.personal});
  if (stored == 0) return false;
  insert_tasks(transaction, acceptance.tasks);
  return true;
}

NotificationRow read_notification(Cursor& row) {
  NotificationRow out;
  notifications::Notification& n = out.notification;
  n.id = row.id<NotificationId>();
  n.service_id = row.id<ServiceId>();
  n.type = from_code<notifications::NotificationType>(row.integer());
  n.status = from_code<notifications::NotificationStatus>(row.integer());
  n.key_type = from_code<accounts::KeyType>(row.integer());
  n.api_key_id = row.optional_id<ApiKeyId>();
  n.template_id = row.id<TemplateId>();
  n.template_version = row.small();
  n.job_id = row.optional_id<JobId>();
  n.job_row = row.optional_small();
  n.reference = row.text();
  auto client_reference = row.optional_text();
  n.has_client_reference = client_reference.has_value();
  n.client_reference = std::move(client_reference).value_or("");
  if (auto postage = row.optional_small()) n.postage = from_code<notifications::Postage>(*postage);
  n.billable_units = row.small();
  n.international = row.flag();
  n.phone_prefix = row.text();
  n.rate_multiplier = row.real();
  n.created_at = row.time();
  n.sent_at = row.optional_time();
  n.updated_at = row.optional_time();
  n.sent_by = row.text();
  n.provider_reference = row.text();
  out.personal = row.bytes();
  return out;
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

}  // namespace postroom::sqlite
