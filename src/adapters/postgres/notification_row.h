// A notification on its way into its row.
#pragma once

#include <string>

#include "adapters/postgres/answer_store.h"
#include "adapters/postgres/store.h"
#include "core/notifications/notification.h"
#include "ports/notification_store.h"

namespace postroom::postgres {

// What is costly to make is made by the caller's thread, so that the writer only sends.
struct PreparedAcceptance {
  PreparedAcceptance(const Store& store, const ports::Acceptance& acceptance);
  const notifications::Notification* notification;
  std::optional<Bytes> recipient;  // keyed hash; none without a normalised recipient
  Bytes personal;                  // sealed
  TaskParameters tasks;
  std::optional<PreparedAnswer> answer;
  // What is counted or has an answer must be stored as a whole or fail: a row that exists is an error then.
  bool is_strict = false;
};

// Stores the row, and its tasks if the row was stored, in one statement; the answer before it.
void send_acceptance(Connection& connection, const PreparedAcceptance& acceptance);
// False when its id, reference or (job, row) exists; nothing is changed then.
bool receive_acceptance(Connection& connection, const PreparedAcceptance& acceptance, TouchedQueues& touched);

}  // namespace postroom::postgres
