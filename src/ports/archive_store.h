// What is left of messages once their days are over: the row, without anything personal.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/jobs/job.h"
#include "core/notifications/notification.h"
#include "ports/notification_store.h"

namespace postroom::ports {

// Messages archived in one commit.
inline constexpr std::size_t kArchivedPerCallMax = 1'000;

// A message whose days are over.
struct ExpiredMessage {
  NotificationId id;
  notifications::NotificationStatus status = notifications::NotificationStatus::created;
  accounts::KeyType key_type = accounts::KeyType::normal;
  std::string reference;  // letters only
  std::optional<notifications::Postage> postage;
  UtcTime created_at;

  friend bool operator==(const ExpiredMessage&, const ExpiredMessage&) = default;
};

// Archived messages of one channel by state.
struct ArchiveCount {
  notifications::NotificationType type = notifications::NotificationType::sms;
  notifications::NotificationStatus status = notifications::NotificationStatus::created;
  std::int64_t messages = 0;
  std::int64_t units = 0;  // fragments or sheets

  friend bool operator==(const ArchiveCount&, const ArchiveCount&) = default;
};

// Never expired, however old: letters that are created, pending-virus-check, pending or sending, since nobody knows
// yet whether they were printed; texts and emails whose hand-over is scheduled for `before` or later.
//
// Archived messages have no personal part, no event and no key: what reads them gives those empty.
//
// Safe from several threads. retry_later when the database is busy or away.
class ArchiveStore {
 public:
  virtual ~ArchiveStore() = default;

  // Accepted before `before`, oldest first; `after` continues behind that one.
  virtual Result<std::vector<ExpiredMessage>> expired(ServiceId service, notifications::NotificationType type,
                                                      UtcTime before, const ExpiredMessage* after, int limit) = 0;
  // One commit: those of `ids` that are expired as of `before` leave the notifications with their events, and are
  // archived unless they are of test keys. How many left; others stay as they are. invalid_input for more than
  // kArchivedPerCallMax.
  virtual Result<int> archive(std::span<const NotificationId> ids, UtcTime before) = 0;

  // In the order asked; unknown ones are left out.
  virtual Result<std::vector<notifications::Notification>> find_all(std::span<const NotificationId> ids) = 0;
  virtual Result<std::vector<notifications::Notification>> find_by_references(
      std::span<const std::string> references) = 0;
  // As NotificationStore::move_all, of archived messages: state, updated_at and tasks; other members are ignored.
  virtual Result<std::vector<bool>> move_all(std::span<const StatusMove> moves) = 0;
  // Of those accepted from <= created_at < to; by channel, then state.
  virtual Result<std::vector<ArchiveCount>> counts(ServiceId service, UtcTime from, UtcTime to) = 0;

  // Jobs of the channel that are over (finished, cancelled or sent to the print house), were made before `before`,
  // and whose file is not known to be removed; oldest first.
  virtual Result<std::vector<JobId>> jobs_with_file(ServiceId service, notifications::NotificationType type,
                                                    UtcTime before, int limit) = 0;
  virtual Result<void> note_files_removed(std::span<const JobId> jobs) = 0;  // absent ones are no error
};

}  // namespace postroom::ports
