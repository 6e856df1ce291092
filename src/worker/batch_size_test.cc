#include "worker/batch_size.h"

#include <gtest/gtest.h>

namespace postroom::worker {
namespace {

using namespace std::chrono_literals;

TEST(BatchSize, StaysWhereItDoesNotGrow) {
  BatchSize batch(20, false);
  EXPECT_EQ(batch.size(), 20);
  batch.ran(1, 10s);
  EXPECT_EQ(batch.size(), 20);
}

TEST(BatchSize, GrowsWhileTasksAreQuickAndManyWait) {
  BatchSize batch(12, true);
  struct Step {
    int claimed;
    Duration took;
    int after;
  };
  for (const Step& s : {Step{1, 300ms, 1}, Step{1, 1ms, 2}, Step{2, 49ms, 4}, Step{4, 50ms, 4}, Step{4, 10ms, 8},
                        Step{8, 10ms, 12}, Step{12, 10ms, 12}, Step{12, 200ms, 12}, Step{12, 201ms, 6},
                        Step{6, 10ms, 12}, Step{11, 1ms, 1}, Step{0, 0ms, 1}}) {
    batch.ran(s.claimed, s.took);
    EXPECT_EQ(batch.size(), s.after) << s.claimed;
  }
}

}  // namespace
}  // namespace postroom::worker
