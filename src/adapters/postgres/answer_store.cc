#include "adapters/postgres/answer_store.h"

namespace postroom::postgres {
namespace {

constexpr std::string_view kRemoveExpired =
    "DELETE FROM kept_answer WHERE service_id = $1 AND key_type = $2 AND key = $3 AND expires_at <= $4";
constexpr std::string_view kInsert =
    "INSERT INTO kept_answer(service_id, key_type, key, request, status, body, expires_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)";

}  // namespace

PreparedAnswer prepare_answer(const Store& store, const ports::AnswerToKeep& answer) {
  PreparedAnswer out{.answer = &answer,
                     .hashes = store_common::answer_hashes(store.key_ring, answer.key, answer.request),
                     .body = {}};
  out.body = store.seal(answer.body, store_common::answer_context(answer.key, out.hashes.key));
  return out;
}

void send_answer(Connection& connection, const PreparedAnswer& prepared) {
  const ports::AnswerToKeep& answer = *prepared.answer;
  const Blob key{prepared.hashes.key};
  connection.send(kRemoveExpired, answer.key.service_id, code_of(answer.key.key_type), key, answer.accepted_at);
  connection.send(kInsert, answer.key.service_id, code_of(answer.key.key_type), key, Blob{prepared.hashes.request},
                  answer.status, Blob{prepared.body}, answer.expires_at);
}

void receive_answer(Connection& connection) {
  connection.receive();
  connection.receive();
}

void insert_answer(Connection& connection, const PreparedAnswer& prepared) {
  const ports::AnswerToKeep& answer = *prepared.answer;
  const Blob key{prepared.hashes.key};
  connection.run(kRemoveExpired, answer.key.service_id, code_of(answer.key.key_type), key, answer.accepted_at);
  connection.run(kInsert, answer.key.service_id, code_of(answer.key.key_type), key, Blob{prepared.hashes.request},
                 answer.status, Blob{prepared.body}, answer.expires_at);
}

Result<std::optional<ports::KeptAnswer>> AnswerStore::find(const ports::IdempotencyKey& key, BytesView request,
                                                           UtcTime now) {
  const store_common::AnswerHashes hashes = store_common::answer_hashes(store_.key_ring, key, request);
  Bytes sealed;
  using Found = std::optional<ports::KeptAnswer>;
  POSTROOM_TRY(found, store_.pool.read([&](Connection& connection) -> Result<Found> {
    Rows row = connection.query(
        "SELECT request, status, body FROM kept_answer WHERE service_id = $1 AND key_type = $2 AND key = $3 AND "
        "expires_at > $4",
        key.service_id, code_of(key.key_type), Blob{hashes.key}, now);
    if (!row.next()) return Found{};
    ports::KeptAnswer answer;
    answer.is_same_request = row.bytes() == hashes.request;
    answer.status = row.small();
    sealed = row.bytes();
    return Found(std::move(answer));
  }));
  if (!found || !found->is_same_request) return found;
  auto body = store_.key_ring.open(sealed, store_common::answer_context(key, hashes.key));
  if (!body) return fail_in("a kept answer", std::move(body).error());
  found->body = std::move(*body);
  return found;
}

Result<void> AnswerStore::keep(const ports::AnswerToKeep& answer) {
  const PreparedAnswer prepared = prepare_answer(store_, answer);
  auto kept = store_.pool.write([&](Connection& connection) -> Result<void> {
    insert_answer(connection, prepared);
    return {};
  });
  if (!kept && kept.error().kind == ErrorKind::conflict) return fail(store_common::answer_exists());
  return kept;
}

Result<int> AnswerStore::remove_expired(UtcTime now) {
  return store_.pool.write([&](Connection& connection) -> Result<int> {
    return connection.run(
        "DELETE FROM kept_answer WHERE ctid = ANY (ARRAY(SELECT ctid FROM kept_answer WHERE expires_at <= $1 "
        "LIMIT $2))",
        now, ports::kAnswersRemovedPerCallMax);
  });
}

}  // namespace postroom::postgres
