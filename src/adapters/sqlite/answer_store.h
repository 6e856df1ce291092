// Answers kept for requests that come twice.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/answer_store.h"

namespace postroom::sqlite {

// Made by the caller's thread.
struct PreparedAnswer {
  const ports::AnswerToKeep* answer;
  store_common::AnswerHashes hashes;
  Bytes body;  // sealed
};
PreparedAnswer prepare_answer(const Store& store, const ports::AnswerToKeep& answer);

// False when an answer that has not expired is kept under the key.
bool insert_answer(Connection& connection, const PreparedAnswer& prepared);

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

}  // namespace postroom::sqlite
