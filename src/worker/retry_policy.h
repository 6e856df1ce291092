// How often and when a failed task is tried again: the only place that turns an error into a settlement.
#pragma once

#include <chrono>

#include "base/result.h"
#include "ports/put_off.h"
#include "ports/task_queue.h"

namespace postroom::worker {

struct RetryPolicy {
  int retries_max = 5;  // runs after the first one
  Duration delay = std::chrono::seconds{300};
  Duration first_delay = std::chrono::seconds{300};  // before the first retry
};

// What becomes of `task` after `error`. Only retry_later and internal are tried again; everything else, and the
// last failed retry, is buried for a person to see.
ports::TaskSettlement settle_failure(const ports::ClaimedTask& task, const Error& error, const RetryPolicy& policy,
                                     UtcTime now);

// What becomes of `task` when its turn has not come. Waiting costs no attempt as long as the task is not older than
// all its retries together would take; from then on each wait is one.
ports::TaskSettlement settle_put_off(const ports::ClaimedTask& task, const ports::PutOff& put_off,
                                     const RetryPolicy& policy, UtcTime now);

}  // namespace postroom::worker
