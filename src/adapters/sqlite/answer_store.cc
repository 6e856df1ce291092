#include "adapters/sqlite/answer_store.h"

namespace postroom::sqlite {

PreparedAnswer prepare_answer(const Store& store, const ports::AnswerToKeep& answer) {
  PreparedAnswer out{.answer = &answer,
                     .hashes = store_common::answer_hashes(store.key_ring, answer.key, answer.request),
                     .body = {}};
  out.body = store.seal(answer.body, store_common::answer_context(answer.key, out.hashes.key));
  return out;
}

bool insert_answer(Connection& connection, const PreparedAnswer& prepared) {
  const ports::AnswerToKeep& answer = *prepared.answer;
  return connection.run(
             "INSERT INTO kept_answer(service_id, key_type, key, request, status, body, expires_at) "
             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (service_id, key_type, key) DO UPDATE SET "
             "request = excluded.request, status = excluded.status, body = excluded.body, "
             "expires_at = excluded.expires_at WHERE kept_answer.expires_at <= ?8",
             answer.key.service_id, code_of(answer.key.key_type), Blob{prepared.hashes.key},
             Blob{prepared.hashes.request}, answer.status, Blob{prepared.body}, answer.expires_at,
             answer.accepted_at) > 0;
}

Result<std::optional<ports::KeptAnswer>> AnswerStore::find(const ports::IdempotencyKey& key, BytesView request,
                                                           UtcTime now) {
  const store_common::AnswerHashes hashes = store_common::answer_hashes(store_.key_ring, key, request);
  Bytes sealed;
  using Found = std::optional<ports::KeptAnswer>;
  POSTROOM_TRY(found, store_.readers.run([&](Connection& connection) -> Result<Found> {
    Cursor row = connection.query(
        "SELECT request, status, body FROM kept_answer WHERE service_id = ?1 AND key_type = ?2 AND key = ?3 AND "
        "expires_at > ?4",
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
  return store_.writer.run([&](Transaction& transaction) -> Result<void> {
    if (!insert_answer(transaction.connection, prepared)) return fail(store_common::answer_exists());
    return {};
  });
}

Result<int> AnswerStore::remove_expired(UtcTime now) {
  return store_.writer.run([&](Transaction& transaction) -> Result<int> {
    return transaction.connection.run(
        "DELETE FROM kept_answer WHERE rowid IN (SELECT rowid FROM kept_answer WHERE expires_at <= ?1 LIMIT ?2)",
        now, ports::kAnswersRemovedPerCallMax);
  });
}

}  // namespace postroom::sqlite
