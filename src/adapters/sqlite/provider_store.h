// Providers of texts, and messages that wait too long.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/delivery_care_store.h"
#include "ports/provider_store.h"

namespace postroom::sqlite {

class ProviderStore final : public ports::ProviderStore {
 public:
  explicit ProviderStore(const Store& store) : store_(store) {}

  Result<void> ensure_providers(std::span<const ports::ProviderState> providers) override;
  Result<std::vector<ports::ProviderState>> providers() override;
  Result<bool> change_providers(std::span<const ports::ProviderState> changed) override;
  Result<std::vector<ports::ProviderState>> provider_history(std::string_view name, int limit) override;
  Result<std::int64_t> add_provider_error(std::string_view name, UtcTime at, UtcTime since) override;
  Result<std::vector<ports::ProviderPace>> provider_paces(const ports::PaceQuery& query) override;
  Result<std::optional<ports::HandOverNote>> begin_hand_over(NotificationId id, std::string_view provider,
                                                             UtcTime at) override;
  Result<void> void_hand_over(NotificationId id) override;
  Result<std::vector<ports::HandOverNote>> repeated_hand_overs(int limit) override;
  Result<void> add_parts(NotificationId id, std::string_view provider, std::span<const std::string> part_names,
                         UtcTime at) override;
  Result<std::optional<ports::PartsReport>> report_part(std::string_view provider, std::string_view part_name,
                                                        ports::PartOutcome outcome) override;
  Result<int> remove_old_hand_overs(UtcTime before, int limit) override;

 private:
  const Store& store_;
};

class DeliveryCareStore final : public ports::DeliveryCareStore {
 public:
  explicit DeliveryCareStore(const Store& store) : store_(store) {}

  Result<std::vector<Waiting>> waiting(const ports::CreatedPlace& after, UtcTime until, int limit) override;
  Result<std::vector<Waiting>> unreported(const ports::CreatedPlace& after, UtcTime until, int limit) override;
  Result<std::vector<NotificationId>> without_task(std::span<const NotificationId> ids) override;
  Result<void> keep_processing_time(const ports::ProcessingTime& time) override;
  Result<std::vector<ports::ProcessingTime>> processing_times(Date from, Date to) override;
  Result<ports::Quickness> quickness(notifications::NotificationType type, UtcTime from, UtcTime until,
                                     Duration quick) override;

 private:
  const Store& store_;
};

}  // namespace postroom::sqlite
