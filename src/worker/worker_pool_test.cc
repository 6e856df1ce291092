// Varied: what handlers do with their tasks (finish, fail, throw, take long), and when the pool is paused or
// stopped. Every task must be settled exactly as its outcome says, and none twice at a time.
#include "worker/worker_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "base/log.h"
#include "ports/testing.h"

namespace postroom::worker {
namespace {

using namespace std::chrono_literals;
using Outcome = ports::TaskSettlement::Outcome;

class WorkerPoolTest : public testing::Test {
 protected:
  WorkerPoolTest() {
    set_log_sink([](std::string_view) {});
  }
  ~WorkerPoolTest() override {
    pool_.stop();
    set_log_sink(nullptr);
  }

  void enqueue(std::string kind, std::string subject, std::string queue = "q") {
    ports::NewTask task{
        .queue = std::move(queue), .kind = std::move(kind), .subject = std::move(subject), .run_at = clock_.now()};
    ASSERT_TRUE(queue_.enqueue(task));
  }
  // Until `done`, or ten seconds of real time are over.
  template <typename Done>
  bool eventually(Done done) {
    for (int i = 0; i < 10'000; ++i) {
      if (done()) return true;
      std::this_thread::sleep_for(1ms);
    }
    return false;
  }
  bool settled(std::size_t count) {
    return eventually([&] { return settlements().size() >= count; });
  }
  std::vector<ports::TaskSettlement> settlements() {
    pool_.pause(10s);
    auto copy = queue_.settlements;
    pool_.resume();
    return copy;
  }

  MovableClock clock_{from_micros(1'770'000'000'000'000)};
  ports::testing::MemoryTaskQueue queue_;
  TaskTable table_;
  Metrics metrics_;
  WorkerPool pool_{queue_, table_, clock_, metrics_, "test"};
};

TEST_F(WorkerPoolTest, WhatIsPutOffComesBackWithoutHavingCost) {
  std::atomic<int> runs = 0;
  table_.add({.kind = "a",
              .queue = "q",
              .retry = {.retries_max = 1, .delay = 60s, .first_delay = 60s},
              .run = [&](std::span<TaskRun> all) {
                for (TaskRun& run : all) {
                  EXPECT_EQ(run.task.attempt, 1);
                  if (++runs < 5) run.put_off = ports::PutOff{0s, "not its turn"};
                }
              }});
  enqueue("a", "s");
  pool_.start({{.queue = "q", .threads = 1, .batch = 4}});
  ASSERT_TRUE(settled(5));
  pool_.stop();
  EXPECT_TRUE(queue_.rows().empty());
  EXPECT_NE(metrics_.text().find("postroom_tasks_total{kind=\"a\",outcome=\"put_off\"} 4"), std::string::npos);
  EXPECT_EQ(metrics_.text().find("outcome=\"failed\""), std::string::npos);
}

TEST_F(WorkerPoolTest, ABatchGrowsWhileTasksAreQuick) {
  std::vector<std::size_t> sizes;
  table_.add({.kind = "a", .queue = "q", .run = [&](std::span<TaskRun> all) { sizes.push_back(all.size()); }});
  for (int i = 0; i < 10; ++i) enqueue("a", std::to_string(i));
  pool_.start({{.queue = "q", .threads = 1, .batch = 4, .grows = true}});
  ASSERT_TRUE(settled(10));
  pool_.stop();
  ASSERT_GE(sizes.size(), 3u);
  EXPECT_EQ(sizes[0], 1u);
  EXPECT_LE(*std::max_element(sizes.begin(), sizes.end()), 4u);
  EXPECT_GT(sizes[1], 1u);
}

TEST_F(WorkerPoolTest, TasksOfOneKindGoToTheirHandlerTogetherInOrder) {
  std::mutex mutex;
  std::map<std::string, std::vector<std::vector<std::string>>> batches;
  for (const char* kind : {"a", "b"}) {
    table_.add({.kind = kind, .queue = "q", .run = [&, kind](std::span<TaskRun> runs) {
                  std::lock_guard lock(mutex);
                  auto& batch = batches[kind].emplace_back();
                  for (TaskRun& run : runs) batch.push_back(run.task.subject);
                }});
  }
  for (int i = 0; i < 6; ++i) enqueue(i % 2 == 0 ? "a" : "b", std::to_string(i));
  pool_.start({{.queue = "q", .threads = 1, .batch = 4}});
  ASSERT_TRUE(settled(6));
  pool_.stop();
  using Batches = std::vector<std::vector<std::string>>;
  EXPECT_EQ(batches["a"], (Batches{{"0", "2"}, {"4"}}));
  EXPECT_EQ(batches["b"], (Batches{{"1", "3"}, {"5"}}));
  EXPECT_TRUE(queue_.rows().empty());
  EXPECT_NE(metrics_.text().find("postroom_tasks_total{kind=\"a\",outcome=\"done\"} 3"), std::string::npos);
}

TEST_F(WorkerPoolTest, FailuresAreRetriedAndThenGivenUpOnce) {
  std::atomic<int> runs = 0, given_up = 0;
  table_.add({.kind = "a",
              .queue = "q",
              .retry = {.retries_max = 2, .delay = 0s, .first_delay = 0s},
              .run = one_by_one([&](TaskRun& run) -> Result<void> {
                ++runs;
                if (run.task.subject == "never") return fail(ErrorKind::retry_later, "not now");
                if (run.task.attempt == 1) return fail(ErrorKind::retry_later, "not yet");
                return {};
              }),
              .give_up = [&](const ports::ClaimedTask& task, const Error& error) {
                EXPECT_EQ(task.subject, "never");
                EXPECT_EQ(error.message, "not now");
                ++given_up;
              }});
  enqueue("a", "never");
  enqueue("a", "second time");
  pool_.start({{.queue = "q", .threads = 2, .batch = 2}});
  ASSERT_TRUE(settled(5));
  pool_.stop();
  EXPECT_EQ(runs, 3 + 2);
  EXPECT_EQ(given_up, 1);
  ASSERT_EQ(queue_.rows().size(), 1u);
  EXPECT_EQ(queue_.rows()[0].buried, "not now");
}

TEST_F(WorkerPoolTest, AThrowingHandlerIsRetriedAsAWhole) {
  std::atomic<int> batches = 0;
  table_.add({.kind = "a",
              .queue = "q",
              .retry = {.retries_max = 1, .first_delay = 0s},
              .run = [&](std::span<TaskRun> runs) {
                EXPECT_EQ(runs.size(), 2u);
                if (batches++ == 0) throw std::runtime_error("bug");
              }});
  enqueue("a", "1");
  enqueue("a", "2");
  pool_.start({{.queue = "q", .threads = 1}});
  ASSERT_TRUE(settled(4));
  pool_.stop();
  auto all = queue_.settlements;
  for (std::size_t i : {0u, 1u}) {
    EXPECT_EQ(all[i].outcome, Outcome::retry);
    EXPECT_EQ(all[i].reason, "unexpected: bug");
    EXPECT_EQ(all[i + 2].outcome, Outcome::finish);
  }
}

TEST_F(WorkerPoolTest, UnknownKindsAreBuriedWithTheirName) {
  enqueue("new-kind", "1");
  pool_.start({{.queue = "q", .threads = 1}});
  ASSERT_TRUE(settled(1));
  pool_.stop();
  ASSERT_EQ(queue_.rows().size(), 1u);
  EXPECT_NE(queue_.rows()[0].buried.value_or("").find("'new-kind'"), std::string::npos);
}

TEST_F(WorkerPoolTest, HandlersCanRenewAndSeeALostClaim) {
  std::atomic<int> held = 0, lost = 0;
  table_.add({.kind = "a", .queue = "q", .lease = 90s, .run = one_by_one([&](TaskRun& run) -> Result<void> {
                                                         held += run.renew() ? 1 : 0;
                                                         EXPECT_EQ(queue_.rows()[0].lease_until,
                                                                   clock_.now() + 90s);
                                                         // Somebody else takes and settles it.
                                                         ports::TaskSettlement done{.id = run.task.id,
                                                                                    .attempt = run.task.attempt};
                                                         EXPECT_TRUE(queue_.settle(std::span(&done, 1)));
                                                         lost += run.renew() ? 0 : 1;
                                                         return {};
                                                       })});
  enqueue("a", "1");
  pool_.start({{.queue = "q", .threads = 1}});
  ASSERT_TRUE(eventually([&] { return lost == 1; }));
  pool_.stop();
  EXPECT_EQ(held, 1);
}

TEST_F(WorkerPoolTest, LeasesOfLongTasksAreKept) {
  // The clock runs ahead until less than half of the lease is left; the keeper looks every few seconds.
  std::atomic<bool> renewed = false;
  table_.add({.kind = "a", .queue = "q", .lease = 60s, .run = one_by_one([&](TaskRun&) -> Result<void> {
                                                         clock_.advance(45s);
                                                         renewed = eventually([&] {
                                                           return queue_.rows()[0].lease_until >=
                                                                  clock_.now() + 60s;
                                                         });
                                                         return {};
                                                       })});
  enqueue("a", "1");
  pool_.start({{.queue = "q", .threads = 1}});
  ASSERT_TRUE(settled(1));
  EXPECT_TRUE(renewed);
}

TEST_F(WorkerPoolTest, NobodyClaimsWhilePaused) {
  std::atomic<int> runs = 0;
  table_.add({.kind = "a", .queue = "q", .run = one_by_one([&](TaskRun&) -> Result<void> {
                                           ++runs;
                                           return {};
                                         })});
  pool_.start({{.queue = "q", .threads = 3}});
  ASSERT_TRUE(pool_.pause(10s));
  for (int i = 0; i < 10; ++i) enqueue("a", std::to_string(i));
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(runs, 0);
  pool_.resume();
  EXPECT_TRUE(eventually([&] { return runs == 10; }));
}

TEST_F(WorkerPoolTest, PauseSaysWhenATaskTakesTooLong) {
  std::atomic<bool> started = false, may_end = false;
  table_.add({.kind = "a", .queue = "q", .run = one_by_one([&](TaskRun&) -> Result<void> {
                                           started = true;
                                           eventually([&] { return may_end.load(); });
                                           return {};
                                         })});
  enqueue("a", "1");
  pool_.start({{.queue = "q", .threads = 1}});
  ASSERT_TRUE(eventually([&] { return started.load(); }));
  EXPECT_FALSE(pool_.pause(20ms));
  may_end = true;
  EXPECT_TRUE(pool_.pause(10s));
  pool_.resume();
}

TEST_F(WorkerPoolTest, StopWaitsForTheTasksInHand) {
  std::atomic<bool> started = false, ended = false;
  table_.add({.kind = "a", .queue = "q", .run = one_by_one([&](TaskRun&) -> Result<void> {
                                           started = true;
                                           std::this_thread::sleep_for(100ms);
                                           ended = true;
                                           return {};
                                         })});
  enqueue("a", "1");
  pool_.start({{.queue = "q", .threads = 1, .batch = 1}});
  ASSERT_TRUE(eventually([&] { return started.load(); }));
  enqueue("a", "2");
  pool_.stop();
  EXPECT_TRUE(ended);
  EXPECT_EQ(queue_.settlements.size(), 1u) << "no second task is begun";
}

TEST_F(WorkerPoolTest, StopEndsAPausedPool) {
  pool_.start({{.queue = "q", .threads = 2}});
  ASSERT_TRUE(pool_.pause(10s));
  pool_.stop();
}

TEST_F(WorkerPoolTest, TroubleWithTheStoreLosesNothing) {
  queue_.claim_fault.count = 1;
  queue_.settle_fault.count = 1;
  std::atomic<int> runs = 0;
  table_.add({.kind = "a", .queue = "q", .run = one_by_one([&](TaskRun& run) -> Result<void> {
                                           EXPECT_EQ(run.task.attempt, ++runs);
                                           // The settlement will fail: let the lease run out.
                                           if (runs == 1) clock_.advance(61s);
                                           return {};
                                         })});
  enqueue("a", "1");
  pool_.start({{.queue = "q", .threads = 1}});
  ASSERT_TRUE(settled(1));
  EXPECT_EQ(runs, 2);
}

TEST_F(WorkerPoolTest, ManyThreadsRunEveryTaskOnce) {
  std::mutex mutex;
  std::multiset<std::string> seen;
  table_.add({.kind = "a", .queue = "q", .run = one_by_one([&](TaskRun& run) -> Result<void> {
                                           std::lock_guard lock(mutex);
                                           seen.insert(run.task.subject);
                                           return {};
                                         })});
  pool_.start({{.queue = "q", .threads = 4, .batch = 7}, {.queue = "r", .threads = 2, .batch = 3}});
  for (int i = 0; i < 400; ++i) enqueue("a", std::to_string(i), i % 2 == 0 ? "q" : "r");
  ASSERT_TRUE(eventually([&] {
    std::lock_guard lock(mutex);
    return seen.size() >= 400;
  }));
  pool_.stop();
  EXPECT_EQ(seen.size(), 400u);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 400u);
  EXPECT_TRUE(queue_.rows().empty());
}

}  // namespace
}  // namespace postroom::worker
