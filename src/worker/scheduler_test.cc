// Varied: number of schedulers, hours missed and days on which the clocks change. Every due time gives at most one
// task, and missed ones are made up for by one.
#include "worker/scheduler.h"

#include <gtest/gtest.h>

#include "ports/testing.h"

namespace postroom::worker {
namespace {

using namespace std::chrono_literals;

class SchedulerTest : public testing::Test {
 protected:
  std::unique_ptr<Scheduler> scheduler(std::string owner = "one") {
    return std::make_unique<Scheduler>(schedules_, store_, leases_, clock_, *TimeZone::load("Europe/London"),
                                       std::move(owner));
  }
  std::vector<std::string> fired() {
    std::vector<std::string> out;
    for (const auto& row : queue_.rows()) out.push_back(row.task.kind + " " + row.task.subject.substr(0, 16));
    return out;
  }
  void set_time(std::string_view text) { clock_.set(*parse_rfc3339(text)); }
  using Texts = std::vector<std::string>;

  MovableClock clock_{*parse_rfc3339("2026-01-05T12:00:30Z")};
  ports::testing::MemoryTaskQueue queue_;
  ports::testing::MemoryScheduleStore store_{queue_};
  ports::testing::MemoryLeaseStore leases_;
  std::vector<Schedule> schedules_{{"often", Cadence::every(10min)},
                                   {"daily", Cadence::daily(17h + 30min), "print"}};
};

TEST_F(SchedulerTest, AScheduleSeenForTheFirstTimeStartsFromNow) {
  auto s = scheduler();
  EXPECT_EQ(s->tick(), 0);
  EXPECT_TRUE(fired().empty());
  auto next = s->next_firing();
  ASSERT_TRUE(next && *next);
  EXPECT_EQ(format_rfc3339(**next), "2026-01-05T12:10:00.000000Z");
}

TEST_F(SchedulerTest, FiresWhenDueAndNotBefore) {
  auto s = scheduler();
  ASSERT_TRUE(s->tick());
  set_time("2026-01-05T12:09:59Z");
  EXPECT_EQ(s->tick(), 0);
  set_time("2026-01-05T12:10:00Z");
  EXPECT_EQ(s->tick(), 1);
  EXPECT_EQ(s->tick(), 0);
  set_time("2026-01-05T17:30:00Z");
  EXPECT_EQ(s->tick(), 2);
  EXPECT_EQ(fired(), (Texts{"often 2026-01-05T12:10", "often 2026-01-05T17:30", "daily 2026-01-05T17:30"}));
  EXPECT_EQ(queue_.rows()[0].task.queue, "periodic");
  EXPECT_EQ(queue_.rows()[2].task.queue, "print");
  EXPECT_EQ(queue_.rows()[2].task.run_at, *parse_rfc3339("2026-01-05T17:30:00Z"));
}

TEST_F(SchedulerTest, MissedTimesAreMadeUpForOnce) {
  ASSERT_TRUE(scheduler()->tick());
  set_time("2026-01-08T20:05:00Z");
  auto restarted = scheduler("two");
  EXPECT_EQ(restarted->tick(), 2);
  EXPECT_EQ(restarted->tick(), 0);
  EXPECT_EQ(fired(), (Texts{"often 2026-01-08T20:00", "daily 2026-01-08T17:30"}));
}

TEST_F(SchedulerTest, OfTwoSchedulersOneFires) {
  auto one = scheduler("one");
  auto two = scheduler("two");
  ASSERT_TRUE(one->tick());
  ASSERT_TRUE(two->tick());
  for (int i = 0; i < 12; ++i) {
    clock_.advance(10min);
    // The other's lease of half a minute has run out each time: whoever comes first leads.
    ASSERT_TRUE((i % 2 == 0 ? one : two)->tick());
    EXPECT_EQ((i % 2 == 0 ? two : one)->tick(), 0);
  }
  EXPECT_EQ(queue_.rows().size(), 12u);
}

TEST_F(SchedulerTest, TheOneThatLostItsLeadInBetweenFiresNothingTwice) {
  ASSERT_TRUE(scheduler()->tick());
  set_time("2026-01-05T12:10:00Z");
  // Somebody fired between reading and firing: the store refuses the second.
  ports::NewTask task{.queue = "periodic", .kind = "often"};
  auto last = store_.last_fired();
  ASSERT_EQ(store_.fire("often", (*last)[1].at, clock_.now(), std::span(&task, 1)), true);
  EXPECT_EQ(store_.fire("often", (*last)[1].at, clock_.now(), std::span(&task, 1)), false);
  EXPECT_EQ(scheduler()->tick(), 0);
  EXPECT_EQ(queue_.rows().size(), 1u);
}

TEST_F(SchedulerTest, ClockChangesGiveOneRunEach) {
  for (auto [start, end] : {std::pair{"2026-03-27T12:00:00Z", "2026-03-31T12:00:00Z"},
                            {"2026-10-23T12:00:00Z", "2026-10-27T12:00:00Z"}}) {
    ports::testing::MemoryTaskQueue queue;
    ports::testing::MemoryScheduleStore store(queue);
    set_time(start);
    Scheduler s({{"night", Cadence::daily(1h + 30min)}}, store, leases_, clock_, *TimeZone::load("Europe/London"),
                "x");
    for (; clock_.now() < *parse_rfc3339(end); clock_.advance(15min)) ASSERT_TRUE(s.tick());
    EXPECT_EQ(queue.rows().size(), 4u) << start;
  }
}

TEST_F(SchedulerTest, ItsThreadTicksAndLetsGoOfTheLead) {
  auto s = scheduler("one");
  ASSERT_TRUE(s->tick());
  set_time("2026-01-05T12:10:00Z");
  s->start();
  for (int i = 0; i < 5000 && queue_.rows().empty(); ++i) std::this_thread::sleep_for(1ms);
  s->stop();
  EXPECT_EQ(queue_.rows().size(), 1u);
  EXPECT_EQ(leases_.acquire("scheduler", "two", clock_.now(), 1s), true);
}

}  // namespace
}  // namespace postroom::worker
