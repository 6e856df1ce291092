#include "adapters/postgres/notification_row.h"

namespace postroom::postgres {
namespace {

const std::string kStrictInsert =
    "INSERT INTO notification(id, service_id, type, status, key_type, api_key_id, template_id, template_version, "
    "job_id, job_row, reference, client_reference, postage, billable_units, international, phone_prefix, "
    "rate_multiplier, created_at, sent_at, updated_at, sent_by, provider_reference, recipient, personal, "
    "scheduled_for) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, "
    "$23, $24, $25)";
constexpr int kFirstTaskParameter = 26;

struct InsertTexts {
  explicit InsertTexts(std::string insert)
      : plain(std::move(insert)),
        with_tasks("WITH n AS (" + plain + " RETURNING 1), t AS (" + insert_tasks_sql(kFirstTaskParameter, "n") +
                   ") SELECT EXISTS (SELECT 1 FROM n), "
                   "coalesce((SELECT string_agg(DISTINCT queue, E'\\n') FROM t), '')"),
        with_single_task("WITH n AS (" + plain + " RETURNING 1) " +
                         insert_single_task_sql(kFirstTaskParameter, "n")) {}
  std::string plain;
  std::string with_tasks;  // one row: whether it was stored, and the queues that got a task
  std::string with_single_task;
};
const InsertTexts kStrict{kStrictInsert};
const InsertTexts kLenient{kStrictInsert + " ON CONFLICT DO NOTHING"};

std::optional<std::string_view> unless_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

PreparedAcceptance::PreparedAcceptance(const Store& store, const ports::Acceptance& acceptance)
    : notification(&acceptance.notification),
      tasks(store, acceptance.tasks, TaskParameters::Form::plain_if_single) {
  const notifications::Notification& n = *notification;
  if (!n.normalised_to.empty()) recipient = store_common::recipient_hash(store.key_ring, n.normalised_to);
  personal = store.seal(personal_part(n), store_common::personal_context(n.id));
  if (acceptance.claims.answer) answer = prepare_answer(store, *acceptance.claims.answer);
  is_strict = acceptance.claims.use || acceptance.claims.answer;
}

void send_acceptance(Connection& connection, const PreparedAcceptance& acceptance) {
  const notifications::Notification& n = *acceptance.notification;
  std::optional<std::string_view> client_reference;
  if (n.has_client_reference) client_reference = n.client_reference;
  std::optional<Blob> recipient;
  if (acceptance.recipient) recipient = Blob{*acceptance.recipient};
  auto send = [&](const std::string& sql, const auto&... more) {
    connection.send(sql, n.id, n.service_id, code_of(n.type), code_of(n.status), code_of(n.key_type), n.api_key_id,
                    n.template_id, n.template_version, n.job_id, n.job_row, unless_empty(n.reference),
                    client_reference, optional_code(n.postage), n.billable_units, n.international, n.phone_prefix,
                    n.rate_multiplier, n.created_at, n.sent_at, n.updated_at, n.sent_by, n.provider_reference,
                    recipient, Blob{acceptance.personal}, n.scheduled_for, more...);
  };
  if (acceptance.answer) send_answer(connection, *acceptance.answer);
  const InsertTexts& texts = acceptance.is_strict ? kStrict : kLenient;
  if (acceptance.tasks.is_empty()) return send(texts.plain);
  const std::string& sql = acceptance.tasks.single != nullptr ? texts.with_single_task : texts.with_tasks;
  send_tasks(acceptance.tasks, [&](const auto&... more) { send(sql, more...); });
}

bool receive_acceptance(Connection& connection, const PreparedAcceptance& acceptance, TouchedQueues& touched) {
  if (acceptance.answer) receive_answer(connection);
  Rows row = connection.receive();
  const TaskParameters& tasks = acceptance.tasks;
  if (tasks.is_empty()) return row.affected() > 0;
  if (tasks.single != nullptr) {
    if (row.affected() == 0) return false;
    touch(tasks.single->queue, touched);
    return true;
  }
  if (!row.next() || !row.flag()) return false;
  touch_all(row.text(), touched);
  return true;
}

}  // namespace postroom::postgres
