// Takes letters back before their run closes.
#pragma once

#include "base/clock.h"
#include "core/accounts/service.h"
#include "core/jobs/job.h"
#include "core/letters/print_day.h"
#include "core/notifications/notification.h"
#include "flows/send/limit_gate.h"
#include "ports/job_store.h"
#include "ports/letter_care_store.h"
#include "ports/notification_store.h"

namespace postroom::flows {

// Must outlive whatever holds it; all are safe from several threads.
struct LetterCancellingPorts {
  ports::LetterCareStore& care;
  ports::NotificationStore& notifications;
  ports::JobStore& jobs;
  LimitGate& limits;
  const Clock& clock;
  const letters::PrintCalendar& calendar;
};

// Safe from several threads.
class LetterCancelling {
 public:
  explicit LetterCancelling(LetterCancellingPorts ports) : ports_(ports) {}

  // The letter as it is then: cancelled, without sheets, given back to the day's limit when it was accepted on the
  // same UTC day. `by_key` is who asks, nothing for an operator. Refusals: bad_request when it is no letter, its
  // run has closed, or its state says no; forbidden with a key of another type than it was sent with.
  Outcome<notifications::Notification> cancel(const accounts::Service& service,
                                              std::optional<accounts::KeyType> by_key,
                                              notifications::Notification letter);
  // How many letters were cancelled, the job with them. All or none: refused when the rows are not all stored yet,
  // the run has closed, or a single letter has gone further.
  Outcome<int> cancel_job(const accounts::Service& service, std::optional<accounts::KeyType> by_key,
                          const jobs::Job& job);

 private:
  void give_back(const accounts::Service& service, accounts::KeyType key, UtcTime accepted_at, int count);

  LetterCancellingPorts ports_;
};

}  // namespace postroom::flows
