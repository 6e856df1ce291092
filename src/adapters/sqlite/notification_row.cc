#include "adapters/sqlite/notification_row.h"

namespace postroom::sqlite {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO notification(id, service_id, type, status, key_type, api_key_id, template_id, template_version, "
    "job_id, job_row, reference, client_reference, postage, billable_units, international, phone_prefix, "
    "rate_multiplier, created_at, sent_at, updated_at, sent_by, provider_reference, recipient, personal, "
    "scheduled_for) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, "
    "?23, ?24, ?25) ON CONFLICT DO NOTHING";

std::optional<std::string_view> unless_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

PreparedAcceptance prepare_acceptance(const Store& store, const ports::Acceptance& acceptance) {
  const notifications::Notification& n = acceptance.notification;
  PreparedAcceptance out;
  out.notification = &n;
  if (!n.normalised_to.empty()) out.recipient = store_common::recipient_hash(store.key_ring, n.normalised_to);
  out.personal = store.seal(personal_part(n), store_common::personal_context(n.id));
  out.tasks = store.prepare(acceptance.tasks);
  out.claims = PreparedClaims(store, acceptance.claims);
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
      n.sent_at, n.updated_at, n.sent_by, n.provider_reference, recipient, Blob{acceptance.personal},
      n.scheduled_for);
  if (stored == 0) return false;
  insert_tasks(transaction, acceptance.tasks);
  return true;
}

}  // namespace postroom::sqlite
