#include "adapters/sqlite/claims.h"

#include "adapters/sqlite/limit_store.h"

namespace postroom::sqlite {

Result<void> insert_claims(Transaction& transaction, ServiceId service, const PreparedClaims& claims) {
  // What fails most often comes first: as long as nothing was changed, the other callers' work need not be redone.
  if (claims.use != nullptr && !count_use(transaction.connection, service, *claims.use)) {
    return fail(store_common::limit_reached());
  }
  if (claims.answer && !insert_answer(transaction.connection, *claims.answer)) {
    return fail(store_common::answer_exists());
  }
  return {};
}

}  // namespace postroom::sqlite
