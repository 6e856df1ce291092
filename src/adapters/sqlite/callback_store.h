// Callbacks' events, attempts and signing keys.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/callback_store.h"

namespace postroom::sqlite {

class CallbackStore final : public ports::CallbackStore {
 public:
  explicit CallbackStore(const Store& store) : store_(store) {}
  Result<ports::CallbackRecorded> record(std::span<const ports::CallbackRecord> records,
                                         std::span<const ports::CallbackTally> tallies, int attempts_max) override;
  Result<std::vector<ports::CallbackEvent>> events(const ports::CallbackEventQuery& query) override;
  Result<std::vector<ports::CallbackAttempt>> attempts(const ports::CallbackAttemptQuery& query) override;
  Result<void> replay(std::span<const ports::CallbackEventId> events, std::span<const ports::NewTask> tasks,
                      UtcTime now) override;
  Result<ports::CallbackEndpointState> state(const ports::CallbackEndpoint& endpoint) override;
  Result<bool> switch_off(const ports::CallbackEndpoint& endpoint, UtcTime at, std::string_view reason,
                          std::span<const ports::NewTask> tasks) override;
  Result<bool> switch_on(const ports::CallbackEndpoint& endpoint) override;
  Result<void> add_secret(const ports::CallbackSecret& secret, std::optional<UtcTime> others_end) override;
  Result<void> remove_secret(const ports::CallbackEndpoint& endpoint, const Uuid& id) override;
  Result<int> remove_old(UtcTime events_before, UtcTime attempts_before, UtcTime secrets_before) override;

 private:
  const Store& store_;
};

}  // namespace postroom::sqlite
