// Texts and emails that stay too long where they are, and how fast they left.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/notifications/notification.h"

namespace postroom::ports {

// A place in a list ordered by (created_at, id).
struct CreatedPlace {
  UtcTime created_at;
  NotificationId id;
  friend bool operator==(const CreatedPlace&, const CreatedPlace&) = default;
};

// How many of those created in a time left within `quick`.
struct Quickness {
  std::int64_t total = 0;
  std::int64_t quick = 0;
  friend bool operator==(const Quickness&, const Quickness&) = default;
};

struct ProcessingTime {
  Date day;  // local
  notifications::NotificationType type = notifications::NotificationType::sms;
  Quickness quickness;
  friend bool operator==(const ProcessingTime&, const ProcessingTime&) = default;
};

// Texts and emails only. Each reading method reads every message created in the time asked for: ask for short ones.
// Safe from several threads. retry_later when the database is busy or away.
class DeliveryCareStore {
 public:
  virtual ~DeliveryCareStore() = default;

  // What is needed to enqueue one again.
  struct Waiting {
    CreatedPlace place;
    notifications::NotificationType type = notifications::NotificationType::sms;
    accounts::KeyType key_type = accounts::KeyType::normal;
    std::optional<UtcTime> scheduled_for;
  };
  // Those in created, from `after` (exclusive) on, created before `until`, oldest first.
  virtual Result<std::vector<Waiting>> waiting(const CreatedPlace& after, UtcTime until, int limit) = 0;
  // The same of those in sending or pending, without a final report.
  virtual Result<std::vector<Waiting>> unreported(const CreatedPlace& after, UtcTime until, int limit) = 0;
  // Those of `ids` that no unfinished task is to hand over. Reads all tasks of delivery.
  virtual Result<std::vector<NotificationId>> without_task(std::span<const NotificationId> ids) = 0;
  // Those of an API key that is not a test key, created in [from, until) and not for a later time.
  virtual Result<Quickness> quickness(notifications::NotificationType type, UtcTime from, UtcTime until,
                                      Duration quick) = 0;
  // Replaces what there was of that day and type.
  virtual Result<void> keep_processing_time(const ProcessingTime& time) = 0;
  // Of the days from `from` to `to`, in their order, of one day by type.
  virtual Result<std::vector<ProcessingTime>> processing_times(Date from, Date to) = 0;
};

}  // namespace postroom::ports
