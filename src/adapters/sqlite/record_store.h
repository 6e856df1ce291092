// Letters that travel as print records.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/record_store.h"

namespace postroom::sqlite {

class RecordStore final : public ports::RecordStore {
 public:
  explicit RecordStore(const Store& store) : store_(store) {}

  Result<std::vector<NotificationId>> candidates(UtcTime deadline, int limit) override;
  Result<std::vector<ports::JobLetter>> job_letters(JobId job) override;
  Result<std::vector<jobs::Job>> jobs(jobs::JobStatus status, UtcTime created_before, int limit) override;
  Result<void> plan(const ports::LetterZip& file, std::span<const ports::ZipLetter> letters,
                    notifications::NotificationStatus to, const ports::NewTask& task) override;
  Result<std::vector<std::string>> uploaded_files_with_waiting_letters() override;

 private:
  // Services written before the column was there get it from their document.
  Result<void> copy_permissions();

  const Store& store_;
};

}  // namespace postroom::sqlite
