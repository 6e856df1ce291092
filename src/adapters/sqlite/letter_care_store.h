// Letters that no run moves on.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/letter_care_store.h"

namespace postroom::sqlite {

class LetterCareStore final : public ports::LetterCareStore {
 public:
  explicit LetterCareStore(const Store& store) : store_(store) {}
  Result<ports::LetterCancel> cancel(NotificationId letter, UtcTime at, std::string_view cause) override;
  Result<ports::JobLettersCancel> cancel_job(JobId job, UtcTime at, std::string_view cause) override;
  Result<std::vector<NotificationId>> pending_checks(UtcTime from, UtcTime to, int limit) override;
  Result<bool> pass_checks(const notifications::Notification& letter, UtcTime at, std::string_view cause,
                           std::string_view detail) override;
  Result<bool> fail_checks(NotificationId letter, std::span<const notifications::NotificationStatus> from,
                           const ports::LetterFault& fault, UtcTime at, std::string_view cause,
                           std::string_view detail) override;
  Result<std::optional<ports::LetterFault>> fault(NotificationId letter) override;
  Result<void> record_returned(std::span<const ports::ReturnedLetter> letters) override;
  Result<std::vector<ports::ReturnedLettersDay>> returned_days(ServiceId service) override;
  Result<std::vector<NotificationId>> returned_on(ServiceId service, Date day, std::optional<NotificationId> after,
                                                  int limit) override;

 private:
  const Store& store_;
};

}  // namespace postroom::sqlite
