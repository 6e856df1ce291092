// A notification on its way into its row.
#pragma once

#include <string>
#include <vector>

#include "adapters/sqlite/claims.h"
#include "adapters/sqlite/store.h"
#include "core/notifications/notification.h"
#include "ports/notification_store.h"

namespace postroom::sqlite {

// What is costly to make is made by the caller's thread, so that the writer only binds and steps.
struct PreparedAcceptance {
  const notifications::Notification* notification;
  std::optional<Bytes> recipient;  // keyed hash; none without a normalised recipient
  Bytes personal;                  // sealed
  std::vector<PreparedTask> tasks;
  PreparedClaims claims;
};
PreparedAcceptance prepare_acceptance(const Store& store, const ports::Acceptance& acceptance);

// False when its id, reference or (job, row) exists; nothing is changed then.
bool insert_acceptance(Transaction& transaction, const PreparedAcceptance& acceptance);

}  // namespace postroom::sqlite
