#include "worker/retry_policy.h"

namespace postroom::worker {

ports::TaskSettlement settle_failure(const ports::ClaimedTask& task, const Error& error, const RetryPolicy& policy,
                                     UtcTime now) {
  using Outcome = ports::TaskSettlement::Outcome;
  bool may_pass = error.kind == ErrorKind::retry_later || error.kind == ErrorKind::internal;
  ports::TaskSettlement settlement{
      .id = task.id, .attempt = task.attempt, .outcome = Outcome::bury, .retry_at = now, .reason = error.message};
  if (may_pass && task.attempt <= policy.retries_max) {
    settlement.outcome = Outcome::retry;
    settlement.retry_at = now + (task.attempt == 1 ? policy.first_delay : policy.delay);
  }
  return settlement;
}

}  // namespace postroom::worker
