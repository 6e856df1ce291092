// Texts and emails that wait too long: enqueued again, or given up, with their ages; and the part
// of a day's messages that left within ten seconds.
#pragma once

#include <map>
#include <string>

#include "base/clock.h"
#include "base/time_zone.h"
#include "flows/callbacks/delivery_callback.h"
#include "ports/delivery_care_store.h"
#include "ports/notification_store.h"
#include "ports/ticket_desk.h"

namespace postroom::flows {

inline constexpr Duration kReportTimeout = std::chrono::hours{72};  // from creation to the final report
inline constexpr Duration kStuckAfter = std::chrono::hours{1};      // in created
inline constexpr Duration kReplayedFor = std::chrono::hours{7 * 24};
inline constexpr Duration kQuick = std::chrono::seconds{10};
inline constexpr int kCarePage = 500;

struct DeliveryCareOptions {
  bool raises_tickets = false;
  std::string environment_name;  // put before subjects
};

// Must outlive the flow; all are safe from several threads.
struct DeliveryCarePorts {
  ports::DeliveryCareStore& care;
  ports::NotificationStore& notifications;
  ports::TaskQueue& tasks;
  ports::StateStore& state;
  ports::TicketDesk& tickets;
  DeliveryCallbacks& callbacks;
  const Clock& clock;
  const TimeZone& zone;
};

// When the oldest message of its kind was accepted, "sms created" or "email sending"; what has none is left out.
using OldestMessages = std::map<std::string, UtcTime, std::less<>>;

// Safe from several threads; every method may run twice. retry_later when a store is away.
class DeliveryCare {
 public:
  DeliveryCare(DeliveryCarePorts ports, DeliveryCareOptions options)
      : ports_(ports), options_(std::move(options)) {}

  // Daily: messages without a final report for kReportTimeout become temporary-failure, and their service is called
  // back. How many. A message for a later time counts from then.
  Result<int> time_out();
  // Every 15 minutes: messages that wait to be handed over for kStuckAfter, and no task is to do it, get one. How
  // many. Raises a ticket when messages begin to wait so long, whether they have a task or not.
  Result<int> replay();
  // Every hour: looks for the oldest ones, and keeps what it saw for oldest().
  Result<void> measure();
  Result<OldestMessages> oldest();

  // Counts and keeps the day's figures.
  Result<void> count_day(Date day);
  // What was kept, from the first day to the last; today's are counted as they stand.
  Result<std::vector<ports::ProcessingTime>> figures(Date from, Date to);

 private:
  using Waiting = ports::DeliveryCareStore::Waiting;
  Result<int> give_up(std::span<const Waiting> messages, UtcTime now);
  Result<void> enqueue(std::span<const Waiting> messages, UtcTime now);
  Result<void> tell_of_waiting(const std::map<notifications::NotificationType, std::int64_t>& counts);
  Result<UtcTime> place_of(std::string_view name);
  Result<std::vector<ports::ProcessingTime>> count(Date day);

  DeliveryCarePorts ports_;
  DeliveryCareOptions options_;
};

}  // namespace postroom::flows
