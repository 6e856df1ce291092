// TaskQueue: every sentence of ports/task_queue.h.
#include <set>

#include "fixture.h"

namespace postroom::contract {

using ports::NewTask;
using ports::TaskSettlement;
using testing::ElementsAre;
using testing::IsEmpty;
using Outcome = ports::TaskSettlement::Outcome;

class TaskContract : public StoreContract {
 protected:
  ports::TaskQueue& tasks() { return db().tasks(); }
  void enqueue(std::vector<NewTask> list) { value_of(tasks().enqueue(list)); }
  void settle(std::vector<TaskSettlement> list) { value_of(tasks().settle(list)); }
  ports::QueueCounts counts(const std::string& queue = "send") {
    for (const auto& counts : value_of(tasks().counts(now()))) {
      if (counts.queue == queue) return counts;
    }
    return {};
  }
};
POSTROOM_CONTRACT_SUITE(TaskContract);

TEST_P(TaskContract, claimed_task_has_everything) {
  NewTask task = a_task("send", "subject");
  task.payload = std::string("binary\0payload", 14);
  enqueue({task});
  const UtcTime enqueued_at = now();
  clock_.advance(1s);
  auto claimed = value_of(tasks().claim("send", 10, now(), 30s, "me"));
  ASSERT_EQ(claimed.size(), 1U);
  EXPECT_FALSE(claimed[0].id.is_nil());
  EXPECT_EQ(claimed[0].queue, "send");
  EXPECT_EQ(claimed[0].kind, "deliver");
  EXPECT_EQ(claimed[0].subject, "subject");
  EXPECT_EQ(claimed[0].payload, task.payload);
  EXPECT_EQ(claimed[0].attempt, 1);
  EXPECT_EQ(claimed[0].enqueued_at, enqueued_at);
  EXPECT_EQ(claimed[0].lease_until, now() + 30s);
  EXPECT_THAT(claim("send"), IsEmpty());
  EXPECT_THAT(claim("other"), IsEmpty());
}

TEST_P(TaskContract, claims_by_priority_then_time_then_age) {
  auto task = [&](std::string subject, int priority, Duration ago) {
    NewTask t = a_task("send", std::move(subject));
    t.priority = priority;
    t.run_at = now() - ago;
    return t;
  };
  enqueue({task("low", 9, 1h), task("normal-old", 5, 2s), task("normal-a", 5, 1s), task("normal-b", 5, 1s),
           task("urgent", 0, 0s), task("future", 0, -1us)});
  EXPECT_THAT(subjects(claim("send", 3)), ElementsAre("urgent", "normal-old", "normal-a"));
  EXPECT_THAT(subjects(claim("send")), ElementsAre("normal-b", "low"));
  clock_.advance(1us);
  EXPECT_THAT(subjects(claim("send")), ElementsAre("future"));
}

TEST_P(TaskContract, claims_a_hundred_at_most) {
  std::vector<NewTask> many;
  for (int i = 0; i < 120; ++i) many.push_back(a_task("send", std::to_string(i)));
  enqueue(many);
  EXPECT_EQ(claim("send", 1'000).size(), 100U);
  EXPECT_THAT(claim("send", 0), IsEmpty());
  EXPECT_THAT(claim("send", -1), IsEmpty());
  EXPECT_EQ(claim("send", 1'000).size(), 20U);
}

TEST_P(TaskContract, no_task_is_given_to_two) {
  constexpr int kTasks = 400;
  std::vector<NewTask> many;
  for (int i = 0; i < kTasks; ++i) many.push_back(a_task("send", std::to_string(i)));
  enqueue(many);
  std::mutex mutex;
  std::multiset<std::string> seen;
  on_threads(8, [&](int) {
    while (true) {
      auto claimed = claim("send", 7);
      if (claimed.empty()) return;
      std::vector<TaskSettlement> done;
      for (const auto& task : claimed) done.push_back(finish(task));
      settle(done);
      std::lock_guard lock(mutex);
      for (const auto& task : claimed) seen.insert(task.subject);
    }
  });
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kTasks));
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), static_cast<std::size_t>(kTasks));
  EXPECT_THAT(value_of(tasks().counts(now())), IsEmpty());
}

TEST_P(TaskContract, a_lease_that_ran_out_frees_the_task_and_voids_the_old_claim) {
  enqueue({a_task()});
  auto first = claim("send", 1, 10s).at(0);
  clock_.advance(10s - 1us);
  EXPECT_THAT(claim("send"), IsEmpty());
  clock_.advance(1us);
  auto second = claim("send", 1, 10s).at(0);
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.attempt, 2);
  EXPECT_FALSE(value_of(tasks().renew(first.id, first.attempt, now() + 1h)));
  settle({finish(first)});
  settle({{.id = first.id, .attempt = 1, .outcome = Outcome::retry, .retry_at = now(), .reason = "late"}});
  settle({{.id = first.id, .attempt = 1, .outcome = Outcome::bury, .reason = "late"}});
  EXPECT_EQ(counts().running, 1);
  EXPECT_THAT(claim("send"), IsEmpty());
  settle({finish(second)});
  EXPECT_THAT(value_of(tasks().counts(now())), IsEmpty());
}

TEST_P(TaskContract, renewing_moves_the_end_of_the_lease) {
  enqueue({a_task()});
  auto task = claim("send", 1, 10s).at(0);
  clock_.advance(9s);
  EXPECT_TRUE(value_of(tasks().renew(task.id, task.attempt, now() + 10s)));
  clock_.advance(9s);
  EXPECT_THAT(claim("send"), IsEmpty());
  // Run out, but nobody has taken it: the claim still stands.
  clock_.advance(5s);
  EXPECT_TRUE(value_of(tasks().renew(task.id, task.attempt, now() + 10s)));
  EXPECT_THAT(claim("send"), IsEmpty());
  settle({finish(task)});
  EXPECT_FALSE(value_of(tasks().renew(task.id, task.attempt, now() + 10s)));
  EXPECT_FALSE(value_of(tasks().renew(TaskId(Uuid::random(random_)), 1, now())));
}

TEST_P(TaskContract, retry_may_wait_in_another_queue) {
  enqueue({a_task("send", "moves"), a_task("send", "stays")});
  auto both = claim("send");
  settle({{.id = both[0].id, .attempt = 1, .outcome = Outcome::retry, .retry_at = now(), .retry_queue = "slow"},
          {.id = both[1].id, .attempt = 1, .outcome = Outcome::retry, .retry_at = now()}});
  EXPECT_THAT(subjects(claim("send")), ElementsAre("stays"));
  auto moved = claim("slow");
  EXPECT_THAT(subjects(moved), ElementsAre("moves"));
  EXPECT_EQ(moved[0].attempt, 2);
}

TEST_P(TaskContract, retry_comes_back_when_asked_and_counts_attempts) {
  enqueue({a_task()});
  auto task = claim("send").at(0);
  settle({{.id = task.id, .attempt = 1, .outcome = Outcome::retry, .retry_at = now() + 5s, .reason = "busy"}});
  EXPECT_EQ(counts().waiting, 1);
  // Settled: it cannot be settled or renewed again under the old claim.
  EXPECT_FALSE(value_of(tasks().renew(task.id, 1, now() + 1h)));
  settle({finish(task)});
  EXPECT_EQ(counts().waiting, 1);
  EXPECT_THAT(claim("send"), IsEmpty());
  clock_.advance(5s);
  auto again = claim("send").at(0);
  EXPECT_EQ(again.id, task.id);
  EXPECT_EQ(again.attempt, 2);
}

TEST_P(TaskContract, a_retry_that_was_not_tried_counts_no_attempt) {
  enqueue({a_task()});
  auto task = claim("send").at(0);
  for (int i = 0; i < 3; ++i) {
    settle({{.id = task.id,
             .attempt = 1,
             .outcome = Outcome::retry,
             .retry_at = now() + 5s,
             .reason = "not its turn",
             .was_tried = false}});
    clock_.advance(5s);
    task = claim("send").at(0);
    EXPECT_EQ(task.attempt, 1);
  }
  // A claim that was lost to another cannot take an attempt back.
  clock_.advance(1h);
  auto second = claim("send").at(0);
  EXPECT_EQ(second.attempt, 2);
  settle({{.id = task.id, .attempt = 1, .outcome = Outcome::retry, .retry_at = now(), .was_tried = false}});
  EXPECT_THAT(claim("send"), IsEmpty());
  settle({{.id = task.id, .attempt = 2, .outcome = Outcome::retry, .retry_at = now(), .was_tried = false}});
  EXPECT_EQ(claim("send").at(0).attempt, 2);
}

TEST_P(TaskContract, bury_and_revive) {
  enqueue({a_task("send", "first"), a_task("send", "second")});
  auto claimed = claim("send");
  settle({{.id = claimed[0].id, .attempt = 1, .outcome = Outcome::bury, .reason = "no such template"}});
  clock_.advance(1s);
  settle({{.id = claimed[1].id, .attempt = 1, .outcome = Outcome::bury, .reason = "other"}});
  EXPECT_EQ(counts().buried, 2);
  EXPECT_EQ(counts().running, 0);
  EXPECT_EQ(value_of(tasks().next_due()), std::nullopt);
  clock_.advance(24h);
  EXPECT_THAT(claim("send"), IsEmpty());
  auto buried = value_of(tasks().buried(10));
  ASSERT_EQ(buried.size(), 2U);
  EXPECT_EQ(buried[0].subject, "second");  // newest first
  EXPECT_EQ(buried[1].id, claimed[0].id);
  EXPECT_EQ(buried[1].queue, "send");
  EXPECT_EQ(buried[1].kind, "deliver");
  EXPECT_EQ(buried[1].reason, "no such template");
  EXPECT_EQ(buried[1].attempts, 1);
  EXPECT_EQ(buried[1].buried_at, now() - 24h - 1s);
  EXPECT_EQ(value_of(tasks().buried(1)).size(), 1U);

  value_of(tasks().revive(claimed[0].id, now() + 1s));
  EXPECT_EQ(error_kind(tasks().revive(claimed[0].id, now())), ErrorKind::not_found);
  EXPECT_EQ(error_kind(tasks().revive(TaskId(Uuid::random(random_)), now())), ErrorKind::not_found);
  EXPECT_THAT(claim("send"), IsEmpty());
  clock_.advance(1s);
  auto revived = claim("send").at(0);
  EXPECT_EQ(revived.subject, "first");
  EXPECT_EQ(revived.attempt, 2);
  EXPECT_EQ(counts().buried, 1);
}

TEST_P(TaskContract, unique_key_holds_while_a_task_with_it_is_unfinished) {
  NewTask task = a_task("send", "one");
  task.unique_key = "collate-2026-03-02";
  NewTask elsewhere = task;
  elsewhere.queue = "other";
  enqueue({task, task, elsewhere});
  EXPECT_EQ(counts().due, 1);
  EXPECT_EQ(counts("other").due, 0);
  auto claimed = claim("send");
  ASSERT_EQ(claimed.size(), 1U);
  enqueue({task});  // running: still unfinished
  EXPECT_THAT(claim("send"), IsEmpty());
  settle({finish(claimed[0])});
  enqueue({task});
  claimed = claim("send");
  ASSERT_EQ(claimed.size(), 1U);
  // Buried: its successor may run, and then it cannot be revived.
  settle({{.id = claimed[0].id, .attempt = 1, .outcome = Outcome::bury, .reason = "x"}});
  enqueue({task});
  EXPECT_EQ(counts().due, 1);
  EXPECT_EQ(error_kind(tasks().revive(claimed[0].id, now())), ErrorKind::conflict);
  settle({finish(claim("send").at(0))});
  value_of(tasks().revive(claimed[0].id, now()));
  EXPECT_EQ(counts().due, 1);
}

TEST_P(TaskContract, bad_priority_enqueues_nothing) {
  NewTask bad = a_task();
  bad.priority = -1;
  const std::vector<NewTask> list{a_task(), bad};
  EXPECT_EQ(error_kind(tasks().enqueue(list)), ErrorKind::invalid_input);
  EXPECT_THAT(claim("send"), IsEmpty());
}

TEST_P(TaskContract, next_due_is_the_earliest_of_all_queues) {
  EXPECT_EQ(value_of(tasks().next_due()), std::nullopt);
  NewTask late = a_task("a");
  late.run_at = now() + 3h;
  NewTask later_low = a_task("a");
  later_low.priority = 9;
  later_low.run_at = now() + 2h;
  NewTask soon = a_task("b");
  soon.priority = 7;
  soon.run_at = now() + 1h;
  enqueue({late, later_low, soon});
  EXPECT_EQ(value_of(tasks().next_due()), now() + 1h);
  enqueue({a_task("c")});
  EXPECT_EQ(value_of(tasks().next_due()), now());
  claim("c", 1, 30min);
  EXPECT_EQ(value_of(tasks().next_due()), now() + 30min);
}

TEST_P(TaskContract, counts_tell_due_running_waiting_and_buried) {
  NewTask future = a_task("send");
  future.run_at = now() + 1s;
  enqueue({a_task("send"), a_task("send"), a_task("send"), a_task("send"), future, a_task("z")});
  auto claimed = claim("send", 2, 10s);
  settle({{.id = claimed[0].id, .attempt = 1, .outcome = Outcome::bury, .reason = "x"}});
  auto all = value_of(tasks().counts(now()));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].queue, "send");
  EXPECT_EQ(all[0].due, 2);
  EXPECT_EQ(all[0].running, 1);
  EXPECT_EQ(all[0].waiting, 1);
  EXPECT_EQ(all[0].buried, 1);
  EXPECT_EQ(all[1].due, 1);
  clock_.advance(10s);
  EXPECT_EQ(counts().due, 4);  // the lease has run out, the future has come
  EXPECT_EQ(counts().running, 0);
}

TEST_P(TaskContract, tasks_survive_a_restart) {
  NewTask task = a_task("send", "kept");
  task.payload = "p";
  enqueue({task, a_task("send", "claimed")});
  auto claimed = claim("send", 1, 10s);
  reopen();
  EXPECT_THAT(subjects(claim("send")), ElementsAre("claimed"));
  clock_.advance(10s);
  EXPECT_EQ(claim("send").at(0).payload, "p");
}

TEST_P(TaskContract, wait_ends_with_an_enqueue_of_its_queue) {
  auto waited = [&](auto act) {
    const auto start = std::chrono::steady_clock::now();
    std::thread other([&] {
      std::this_thread::sleep_for(20ms);
      act();
    });
    // It may return early for no reason, so a worker asks again.
    while (claim("send").empty() && std::chrono::steady_clock::now() - start < 20s) tasks().wait("send", 20s);
    other.join();
    return std::chrono::steady_clock::now() - start;
  };
  EXPECT_LT(waited([&] { enqueue({a_task()}); }), 10s);
  EXPECT_LT(waited([&] { stored(a_text(new_id<ServiceId>()), {a_task()}); }), 10s);
  EXPECT_LT(waited([&] { value_of(db().schedules().fire("s", std::nullopt, now(), std::vector{a_task()})); }), 10s);
  enqueue({a_task("send", "again")});
  auto task = claim("send").at(0);
  EXPECT_LT(waited([&] { settle({{.id = task.id, .attempt = 1, .outcome = Outcome::retry, .retry_at = now()}}); }),
            10s);
}

TEST_P(TaskContract, an_enqueue_between_claim_and_wait_is_not_slept_through) {
  EXPECT_THAT(claim("send"), IsEmpty());
  enqueue({a_task()});
  const auto start = std::chrono::steady_clock::now();
  tasks().wait("send", 20s);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST_P(TaskContract, every_waiting_worker_gets_its_share) {
  std::atomic<int> done = 0;
  std::thread producer([&] {
    std::this_thread::sleep_for(20ms);
    std::vector<NewTask> many;
    for (int i = 0; i < 4; ++i) many.push_back(a_task());
    enqueue(many);
  });
  // Each takes one and does not come back: the rest must wake the others.
  on_threads(4, [&](int) {
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - start < 20s) {
      if (!claim("send", 1).empty()) {
        ++done;
        return;
      }
      tasks().wait("send", 20s);
    }
  });
  producer.join();
  EXPECT_EQ(done, 4);
}

TEST_P(TaskContract, wait_ends_after_its_timeout_and_by_wake_all) {
  EXPECT_THAT(claim("send"), IsEmpty());
  auto start = std::chrono::steady_clock::now();
  tasks().wait("send", 30ms);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
  std::atomic<bool> stop = false;
  std::thread waker([&] {
    while (!stop) {
      tasks().wake_all();
      std::this_thread::sleep_for(5ms);
    }
  });
  start = std::chrono::steady_clock::now();
  tasks().wait("send", 20s);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
  stop = true;
  waker.join();
}

}  // namespace postroom::contract
