// Varied: kind of error, attempt and policy. Only what may pass is tried again, and only so often.
#include "worker/retry_policy.h"

#include <gtest/gtest.h>

#include "worker/task_table.h"

namespace postroom::worker {
namespace {

using namespace std::chrono_literals;
using Outcome = ports::TaskSettlement::Outcome;

TEST(SettleFailure, TriesAgainOnlyWhatMayPass) {
  const std::pair<ErrorKind, Outcome> cases[] = {
      {ErrorKind::retry_later, Outcome::retry},  {ErrorKind::internal, Outcome::retry},
      {ErrorKind::invalid_input, Outcome::bury}, {ErrorKind::not_found, Outcome::bury},
      {ErrorKind::conflict, Outcome::bury},      {ErrorKind::forbidden, Outcome::bury},
      {ErrorKind::rejected, Outcome::bury},      {ErrorKind::corrupt, Outcome::bury}};
  for (auto [kind, outcome] : cases) {
    auto s = settle_failure({.attempt = 1}, {kind, "why"}, {}, from_micros(0));
    EXPECT_EQ(s.outcome, outcome) << to_string(kind);
    EXPECT_EQ(s.reason, "why");
  }
}

TEST(SettleFailure, CountsAttemptsAndWaits) {
  RetryPolicy policy{.retries_max = 3, .delay = 60s, .first_delay = 5s};
  struct Case {
    int attempt;
    Outcome outcome;
    Duration wait;
  };
  for (const Case& c : {Case{1, Outcome::retry, 5s}, Case{2, Outcome::retry, 60s}, Case{3, Outcome::retry, 60s},
                        Case{4, Outcome::bury, 0s}, Case{5, Outcome::bury, 0s}}) {
    ports::ClaimedTask task{.attempt = c.attempt};
    auto s = settle_failure(task, {ErrorKind::retry_later, "x"}, policy, from_micros(1000));
    EXPECT_EQ(s.outcome, c.outcome) << c.attempt;
    EXPECT_EQ(s.attempt, c.attempt);
    EXPECT_EQ(s.retry_at, from_micros(1000) + c.wait) << c.attempt;
  }
}

TEST(SettleFailure, WithoutRetriesTheFirstFailureIsTheLast) {
  auto s = settle_failure({.attempt = 1}, {ErrorKind::retry_later, "x"}, {.retries_max = 0}, from_micros(0));
  EXPECT_EQ(s.outcome, Outcome::bury);
}

TEST(SettlePutOff, CostsNoTryUntilTheTaskIsOlderThanAllItsRetries) {
  const RetryPolicy policy{.retries_max = 3, .delay = 60s, .first_delay = 5s};  // 125 s in all
  const ports::PutOff put_off{2s, "not its turn"};
  struct Case {
    Duration age;
    int attempt;
    Outcome outcome;
    bool was_tried;
  };
  for (const Case& c : {Case{0s, 1, Outcome::retry, false}, Case{125s, 4, Outcome::retry, false},
                        Case{125s, 9, Outcome::retry, false}, Case{126s, 3, Outcome::retry, true},
                        Case{126s, 4, Outcome::bury, true}}) {
    const ports::ClaimedTask task{.attempt = c.attempt, .enqueued_at = from_micros(7)};
    const UtcTime now = from_micros(7) + c.age;
    auto s = settle_put_off(task, put_off, policy, now);
    EXPECT_EQ(s.outcome, c.outcome) << c.attempt;
    EXPECT_EQ(s.was_tried, c.was_tried) << c.attempt;
    EXPECT_EQ(s.reason, "not its turn");
    if (c.outcome == Outcome::retry) {
      EXPECT_EQ(s.retry_at, now + 2s) << c.attempt;
    }
  }
  EXPECT_EQ(settle_put_off({.attempt = 1}, put_off, {.retries_max = 0}, from_micros(0)).outcome, Outcome::bury);
}

TEST(TaskTable, FindsByKindAndRefusesDoubles) {
  TaskTable table;
  table.add({.kind = "a", .queue = "q"});
  table.add({.kind = "b", .queue = "q2"});
  ASSERT_NE(table.find("b"), nullptr);
  EXPECT_EQ(table.find("b")->queue, "q2");
  EXPECT_EQ(table.find("c"), nullptr);
  EXPECT_THROW(table.add({.kind = "a"}), std::logic_error);
}

TEST(OneByOne, GivesEachRunItsOwnResult) {
  ports::ClaimedTask good{.subject = "good"}, bad{.subject = "bad"};
  std::vector<TaskRun> runs{{good, {}}, {bad, {}}, {good, {}}};
  one_by_one([](TaskRun& run) -> Result<void> {
    if (run.task.subject == "bad") return fail(ErrorKind::rejected, "no");
    return {};
  })(runs);
  EXPECT_TRUE(runs[0].result);
  EXPECT_FALSE(runs[1].result);
  EXPECT_TRUE(runs[2].result);
}

}  // namespace
}  // namespace postroom::worker
