// Notifications and their events.
#pragma once

#include "adapters/postgres/store.h"
#include "ports/notification_store.h"

namespace postroom::postgres {

class NotificationStore final : public ports::NotificationStore {
 public:
  explicit NotificationStore(const Store& store) : store_(store) {}

  Result<void> accept(const ports::Acceptance& acceptance) override;
  Result<std::vector<bool>> accept_all(std::span<const ports::Acceptance> acceptances) override;
  Result<notifications::Notification> find(NotificationId id) override;
  Result<std::vector<notifications::Notification>> find_all(std::span<const NotificationId> ids) override;
  Result<std::vector<notifications::Notification>> find_by_references(
      std::span<const std::string> references) override;
  Result<std::vector<notifications::Notification>> list(const ports::NotificationQuery& query) override;
  Result<std::map<notifications::NotificationStatus, std::int64_t>> count_by_status(
      const ports::NotificationQuery& query) override;
  Result<bool> move(const ports::StatusMove& move) override;
  Result<std::vector<bool>> move_all(std::span<const ports::StatusMove> moves) override;
  Result<void> update(const ports::NotificationUpdate& update) override;
  Result<void> add_event(NotificationId id, const notifications::NotificationEvent& event) override;
  Result<std::vector<notifications::NotificationEvent>> events(NotificationId id) override;

 private:
  const Store& store_;
};

}  // namespace postroom::postgres
