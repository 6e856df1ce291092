// What is counted and kept beside a row, in its own transaction.
#pragma once

#include "adapters/sqlite/answer_store.h"
#include "adapters/sqlite/store.h"
#include "ports/claims.h"

namespace postroom::sqlite {

// Made by the caller's thread.
struct PreparedClaims {
  PreparedClaims() = default;
  PreparedClaims(const Store& store, const ports::Claims& claims) : use(claims.use ? &*claims.use : nullptr) {
    if (claims.answer) answer = prepare_answer(store, *claims.answer);
  }
  const ports::DailyUse* use = nullptr;
  std::optional<PreparedAnswer> answer;
};

// forbidden when a limit of the day would be passed, conflict when an answer is kept under the key.
Result<void> insert_claims(Transaction& transaction, ServiceId service, const PreparedClaims& claims);

}  // namespace postroom::sqlite
