// Varied: the states of a job. Names are the wire values and read back.
#include "core/jobs/job.h"

#include <gtest/gtest.h>

namespace postroom::jobs {
namespace {

TEST(JobStatusNames, AreTheWireValuesAndReadBack) {
  for (auto [status, name] : {std::pair{JobStatus::scheduled, "scheduled"},
                              {JobStatus::pending, "pending"},
                              {JobStatus::in_progress, "in progress"},
                              {JobStatus::finished, "finished"},
                              {JobStatus::cancelled, "cancelled"},
                              {JobStatus::ready_to_send, "ready to send"},
                              {JobStatus::sent_to_dvla, "sent to dvla"},
                              {JobStatus::error, "error"}}) {
    EXPECT_EQ(to_string(status), name);
    EXPECT_EQ(parse_job_status(name), status);
  }
  EXPECT_FALSE(parse_job_status("in_progress"));
  EXPECT_FALSE(parse_job_status(""));
}

}  // namespace
}  // namespace postroom::jobs
