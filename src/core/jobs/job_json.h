// Jobs as callers of the API see them.
#pragma once

#include <map>
#include <string>

#include "core/jobs/job.h"
#include "core/notifications/wire.h"

namespace postroom::jobs {

// `counts` are the job's notifications by state.
std::string job_json(const notifications::WireContext& wire, const Job& job,
                     const std::map<notifications::NotificationStatus, std::int64_t>& counts);

}  // namespace postroom::jobs
