#include "worker/retry_policy.h"

#include <algorithm>

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

ports::TaskSettlement settle_put_off(const ports::ClaimedTask& task, const ports::PutOff& put_off,
                                     const RetryPolicy& policy, UtcTime now) {
  const Duration all_retries = policy.first_delay + policy.delay * std::max(policy.retries_max - 1, 0);
  const bool is_young = policy.retries_max > 0 && now - task.enqueued_at <= all_retries;
  ports::TaskSettlement settlement = settle_failure(task, {ErrorKind::retry_later, put_off.reason}, policy, now);
  if (is_young) settlement.outcome = ports::TaskSettlement::Outcome::retry;
  settlement.was_tried = !is_young;
  if (settlement.outcome == ports::TaskSettlement::Outcome::retry) settlement.retry_at = now + put_off.wait;
  return settlement;
}

}  // namespace postroom::worker
