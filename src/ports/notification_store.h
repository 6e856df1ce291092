// Notifications, their events, and the letters' look-ups.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/notifications/notification.h"
#include "ports/claims.h"
#include "ports/task_queue.h"

namespace postroom::ports {

constexpr std::size_t kAcceptancesPerCallMax = 1'000;

// A notification to be stored with its first tasks, in one commit.
struct Acceptance {
  notifications::Notification notification;
  std::vector<NewTask> tasks;
  Claims claims = {};  // of accept() only
};

// One conditional change of state. Whatever has no value stays as it is.
struct StatusMove {
  NotificationId id;
  // The move happens only from these states; take them from notifications::sources_of().
  std::vector<notifications::NotificationStatus> from;
  notifications::NotificationStatus to = notifications::NotificationStatus::created;
  UtcTime at;          // becomes updated_at, and the event's time
  std::string cause;   // the event's
  std::string detail;  // the event's; never personal
  std::optional<UtcTime> sent_at;
  std::optional<std::string> sent_by;
  std::optional<std::string> provider_reference;
  std::optional<int> billable_units;
  std::vector<NewTask> tasks;  // enqueued in the same commit, only if the move happens
};

// Facts that arrive without a change of state (sheets counted, provider answered after a receipt).
struct NotificationUpdate {
  NotificationId id;
  std::optional<UtcTime> sent_at;
  std::optional<std::string> sent_by;
  std::optional<std::string> provider_reference;
  std::optional<int> billable_units;
  std::optional<UtcTime> updated_at;
  std::optional<notifications::NotificationEvent> event;
};

struct NotificationQuery {
  ServiceId service_id;
  std::optional<accounts::KeyType> key_type;
  std::vector<notifications::NotificationType> types;       // empty: all
  std::vector<notifications::NotificationStatus> statuses;  // empty: all
  std::optional<std::string> client_reference;
  std::optional<std::string> to;  // exact normalised recipient, found by keyed hash
  std::optional<JobId> job_id;
  bool include_jobs = false;                 // false: only rows without a job, unless job_id asks for one
  std::optional<NotificationId> older_than;  // continues after this one; unknown to the service: an empty page
  int limit = 250;
};

// Safe from several threads. retry_later when the database is busy or away; corrupt from the reading methods when
// a personal part was altered.
class NotificationStore {
 public:
  virtual ~NotificationStore() = default;

  // On return without error the row, its tasks and its answer are on disk and its use is counted. conflict when the
  // id, the letter reference, the (job, row) pair or the answer's key exists; forbidden when the day's limit would
  // be passed: nothing is stored then.
  virtual Result<void> accept(const Acceptance& acceptance) = 0;
  // One commit for all; for each whether it was stored (false: it existed already, also earlier in the same
  // call). invalid_input for more than kAcceptancesPerCallMax.
  virtual Result<std::vector<bool>> accept_all(std::span<const Acceptance> acceptances) = 0;

  virtual Result<notifications::Notification> find(NotificationId id) = 0;  // not_found
  // In the order asked; unknown ids are left out.
  virtual Result<std::vector<notifications::Notification>> find_all(std::span<const NotificationId> ids) = 0;
  virtual Result<std::vector<notifications::Notification>> find_by_references(
      std::span<const std::string> references) = 0;  // letters, in the order asked; unknown ones are left out
  // Newest first by (created_at, id).
  virtual Result<std::vector<notifications::Notification>> list(const NotificationQuery& query) = 0;
  virtual Result<std::map<notifications::NotificationStatus, std::int64_t>> count_by_status(
      const NotificationQuery& query) = 0;  // ignores limit and older_than; states without rows are left out

  // True when the state was one of `from`: row changed, event written, tasks enqueued. False: nothing happened
  // (no such notification included).
  virtual Result<bool> move(const StatusMove& move) = 0;
  // The same for many, in one commit.
  virtual Result<std::vector<bool>> move_all(std::span<const StatusMove> moves) = 0;
  virtual Result<void> update(const NotificationUpdate& update) = 0;  // not_found
  virtual Result<void> add_event(NotificationId id,
                                 const notifications::NotificationEvent& event) = 0;  // not_found
  // Oldest first, of the same time as they were written: what happened after acceptance. Empty for an unknown id.
  virtual Result<std::vector<notifications::NotificationEvent>> events(NotificationId id) = 0;
};

}  // namespace postroom::ports
