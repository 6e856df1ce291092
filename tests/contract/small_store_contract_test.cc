// JobStore, LeaseStore, ScheduleStore, StateStore and the database itself.
#include "fixture.h"

namespace postroom::contract {

using jobs::Job;
using jobs::JobStatus;
using testing::ElementsAre;
using testing::IsEmpty;

class SmallStoreContract : public StoreContract {
 protected:
  Job a_job(ServiceId service) {
    Job job;
    job.id = new_id<JobId>();
    job.service_id = service;
    job.template_id = new_id<TemplateId>();
    job.template_version = 3;
    job.type = NotificationType::letter;
    job.file_name = "residents \"2026\".csv";
    job.row_count = 10;
    job.created_at = now();
    job.created_by = "ann@example.org";
    return job;
  }
};
POSTROOM_CONTRACT_SUITE(SmallStoreContract);

TEST_P(SmallStoreContract, job_and_its_tasks_are_stored_together) {
  Job job = a_job(new_id<ServiceId>());
  job.status = JobStatus::scheduled;
  job.scheduled_for = now() + 1h;
  job.key_type = accounts::KeyType::test;
  job.api_key_id = new_id<ApiKeyId>();
  job.client_reference = "";
  job.from = "HARBOUR";
  job.international_count = 7;
  const std::vector tasks{a_task("jobs", "one")};
  value_of(db().jobs().create(job, tasks));
  EXPECT_EQ(error_kind(db().jobs().create(job, tasks)), ErrorKind::conflict);
  EXPECT_THAT(subjects(claim("jobs")), ElementsAre("one"));
  reopen();
  EXPECT_EQ(value_of(db().jobs().find(job.id)), job);
  EXPECT_EQ(error_kind(db().jobs().find(new_id<JobId>())), ErrorKind::not_found);
}

TEST_P(SmallStoreContract, jobs_are_listed_newest_first) {
  const auto service = new_id<ServiceId>();
  Job a = a_job(service), b = a_job(service);
  clock_.advance(1s);
  Job c = a_job(service);
  for (const Job& job : {c, a, b, a_job(new_id<ServiceId>())}) value_of(db().jobs().create(job, {}));
  EXPECT_THAT(value_of(db().jobs().list(service, 10)),
              ElementsAre(c, std::max(a, b, [](auto& x, auto& y) { return x.id < y.id; }),
                          std::min(a, b, [](auto& x, auto& y) { return x.id < y.id; })));
  EXPECT_EQ(value_of(db().jobs().list(service, 1)).size(), 1U);
}

TEST_P(SmallStoreContract, job_moves_are_conditional_and_stamp_their_times) {
  Job job = a_job(new_id<ServiceId>());
  value_of(db().jobs().create(job, {}));
  auto move = [&](JobStatus from, JobStatus to) { return value_of(db().jobs().move(job.id, from, to, now())); };
  EXPECT_FALSE(move(JobStatus::scheduled, JobStatus::pending));
  EXPECT_TRUE(move(JobStatus::pending, JobStatus::in_progress));
  job.started_at = now();
  clock_.advance(1s);
  EXPECT_FALSE(move(JobStatus::pending, JobStatus::in_progress));
  EXPECT_TRUE(move(JobStatus::in_progress, JobStatus::finished));
  job.finished_at = now();
  job.status = JobStatus::finished;
  EXPECT_EQ(value_of(db().jobs().find(job.id)), job);
  EXPECT_FALSE(value_of(db().jobs().move(new_id<JobId>(), JobStatus::pending, JobStatus::finished, now())));
}

TEST_P(SmallStoreContract, rows_stored_never_go_down) {
  Job job = a_job(new_id<ServiceId>());
  value_of(db().jobs().create(job, {}));
  value_of(db().jobs().set_rows_stored(job.id, 5));
  value_of(db().jobs().set_rows_stored(job.id, 3));
  EXPECT_EQ(value_of(db().jobs().find(job.id)).rows_stored, 5);
  EXPECT_EQ(error_kind(db().jobs().set_rows_stored(new_id<JobId>(), 3)), ErrorKind::not_found);
}

TEST_P(SmallStoreContract, lease_is_held_by_one_until_it_runs_out) {
  auto acquire = [&](std::string_view owner) {
    return value_of(db().leases().acquire("leader", owner, now(), 10s));
  };
  EXPECT_TRUE(acquire("a"));
  EXPECT_FALSE(acquire("b"));
  EXPECT_TRUE(value_of(db().leases().acquire("other", "b", now(), 10s)));
  clock_.advance(9s);
  EXPECT_TRUE(acquire("a"));  // its own: longer
  clock_.advance(10s - 1us);
  EXPECT_FALSE(acquire("b"));
  clock_.advance(1us);
  EXPECT_TRUE(acquire("b"));
  EXPECT_FALSE(acquire("a"));
  value_of(db().leases().release("leader", "a"));  // not its any more
  EXPECT_FALSE(acquire("a"));
  value_of(db().leases().release("leader", "b"));
  EXPECT_TRUE(acquire("a"));
}

TEST_P(SmallStoreContract, of_many_owners_one_gets_the_lease) {
  std::atomic<int> holders = 0;
  on_threads(8, [&](int i) {
    if (value_of(db().leases().acquire("leader", "owner " + std::to_string(i), now(), 10s))) ++holders;
  });
  EXPECT_EQ(holders, 1);
}

TEST_P(SmallStoreContract, schedule_fires_once) {
  EXPECT_THAT(value_of(db().schedules().last_fired()), IsEmpty());
  auto fire = [&](std::optional<UtcTime> expected, UtcTime at) {
    return value_of(db().schedules().fire("collate", expected, at, std::vector{a_task("print", "run")}));
  };
  EXPECT_FALSE(fire(now(), now()));
  EXPECT_TRUE(fire(std::nullopt, now()));
  EXPECT_FALSE(fire(std::nullopt, now()));
  EXPECT_EQ(claim("print").size(), 1U);
  std::atomic<int> fired = 0;
  on_threads(8, [&](int) {
    if (fire(now(), now() + 1h)) ++fired;
  });
  EXPECT_EQ(fired, 1);
  EXPECT_EQ(claim("print").size(), 1U);
  EXPECT_TRUE(value_of(db().schedules().fire("audit", std::nullopt, now(), {})));
  auto all = value_of(db().schedules().last_fired());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "audit");
  EXPECT_EQ(all[1].name, "collate");
  EXPECT_EQ(all[1].at, now() + 1h);
}

TEST_P(SmallStoreContract, state_is_replaced_and_survives) {
  EXPECT_EQ(value_of(db().state().get("clock.offset")), std::nullopt);
  value_of(db().state().put("clock.offset", ""));
  EXPECT_EQ(value_of(db().state().get("clock.offset")), "");
  value_of(db().state().put("clock.offset", "5"));
  reopen();
  EXPECT_EQ(value_of(db().state().get("clock.offset")), "5");
}

TEST_P(SmallStoreContract, database_tells_about_itself) {
  EXPECT_GE(value_of(db().schema_version()), 1);
  const int version = value_of(db().schema_version());
  EXPECT_TRUE(db().ping().has_value());
  EXPECT_FALSE(db().description().empty());
  reopen();
  EXPECT_EQ(value_of(db().schema_version()), version);
}

}  // namespace postroom::contract
