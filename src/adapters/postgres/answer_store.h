// Answers kept for requests that come twice.
#pragma once

#include "adapters/postgres/store.h"
#include "ports/answer_store.h"

namespace postroom::postgres {

// Made by the caller's thread.
struct PreparedAnswer {
  const ports::AnswerToKeep* answer;
  store_common::AnswerHashes hashes;
  Bytes body;  // sealed
};
PreparedAnswer prepare_answer(const Store& store, const ports::AnswerToKeep& answer);

// In a pipeline: two statements that make room under the key when the answer there has expired, and keep this one.
// The transaction fails with a unique violation when there is one that has not.
void send_answer(Connection& connection, const PreparedAnswer& prepared);
void receive_answer(Connection& connection);

// The same inside a transaction of the pool. Throws DatabaseError (conflict).
void insert_answer(Connection& connection, const PreparedAnswer& prepared);

class AnswerStore final : public ports::AnswerStore {
 public:
  explicit AnswerStore(const Store& store) : store_(store) {}
  Result<std::optional<ports::KeptAnswer>> find(const ports::IdempotencyKey& key, BytesView request,
                                                UtcTime now) override;
  Result<void> keep(const ports::AnswerToKeep& answer) override;
  Result<int> remove_expired(UtcTime now) override;

 private:
  const Store& store_;
};

}  // namespace postroom::postgres
