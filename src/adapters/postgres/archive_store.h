// Messages whose days are over.
#pragma once

#include "adapters/postgres/store.h"
#include "ports/archive_store.h"

namespace postroom::postgres {

class ArchiveStore final : public ports::ArchiveStore {
 public:
  explicit ArchiveStore(const Store& store) : store_(store) {}
  Result<std::vector<ports::ExpiredMessage>> expired(ServiceId service, notifications::NotificationType type,
                                                     UtcTime before, const ports::ExpiredMessage* after,
                                                     int limit) override;
  Result<int> archive(std::span<const NotificationId> ids, UtcTime before) override;
  Result<std::vector<notifications::Notification>> find_all(std::span<const NotificationId> ids) override;
  Result<std::vector<notifications::Notification>> find_by_references(
      std::span<const std::string> references) override;
  Result<std::vector<bool>> move_all(std::span<const ports::StatusMove> moves) override;
  Result<std::vector<ports::ArchiveCount>> counts(ServiceId service, UtcTime from, UtcTime to) override;
  Result<std::vector<JobId>> jobs_with_file(ServiceId service, notifications::NotificationType type, UtcTime before,
                                            int limit) override;
  Result<void> note_files_removed(std::span<const JobId> jobs) override;

 private:
  const Store& store_;
};

}  // namespace postroom::postgres
