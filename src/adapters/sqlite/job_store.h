// Spreadsheets of recipients.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/job_store.h"

namespace postroom::sqlite {

class JobStore final : public ports::JobStore {
 public:
  explicit JobStore(const Store& store) : store_(store) {}

  Result<void> create(const jobs::Job& job, std::span<const ports::NewTask> tasks,
                      const ports::Claims& claims) override;
  Result<jobs::Job> find(JobId id) override;
  Result<std::vector<jobs::Job>> list(ServiceId service, int limit) override;
  Result<bool> move(JobId id, jobs::JobStatus from, jobs::JobStatus to, UtcTime at) override;
  Result<void> set_rows_stored(JobId id, int rows) override;

 private:
  const Store& store_;
};

}  // namespace postroom::sqlite
