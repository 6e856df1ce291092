// RecordStore: every sentence of ports/record_store.h.
#include "fixture.h"

namespace postroom::contract {

using accounts::Permission;
using jobs::JobStatus;
using ports::LetterZip;
using ports::ZipLetter;
using ports::ZipState;
using testing::ElementsAre;
using testing::IsEmpty;

class RecordContract : public StoreContract {
 protected:
  ports::RecordStore& records() { return db().records(); }

  ServiceId made_service(const std::string& name, accounts::Permissions permissions) {
    accounts::Service service = a_service(name);
    service.permissions = std::move(permissions);
    value_of(db().services().create(service));
    return service.id;
  }
  ServiceId record_service() { return made_service("Records", {Permission::letter}); }
  LetterZip a_file(std::string name) {
    return {.name = std::move(name), .run_day = kDay, .letter_count = 1, .byte_count = 300, .created_at = now()};
  }
  Result<void> plan(const std::string& name, const std::vector<Notification>& letters,
                    NotificationStatus to = NotificationStatus::pending) {
    std::vector<ZipLetter> entries;
    for (const Notification& n : letters) entries.push_back({n.id, n.reference, "api/x"});
    return records().plan(a_file(name), entries, to, a_task("print", name));
  }
  std::vector<NotificationId> candidates() { return value_of(records().candidates(now() + 1h, 100)); }
  NotificationStatus status(const Notification& n) { return value_of(db().notifications().find(n.id)).status; }
  jobs::Job a_job(ServiceId service, NotificationType type = NotificationType::letter) {
    jobs::Job job{.id = new_id<JobId>(), .service_id = service, .template_id = new_id<TemplateId>(), .type = type};
    job.created_at = now();
    value_of(db().jobs().create(job, {}));
    return job;
  }
  void move_job(const jobs::Job& job, JobStatus from, JobStatus to) {
    ASSERT_TRUE(value_of(db().jobs().move(job.id, from, to, now())));
  }
  Notification row_of(const jobs::Job& job, int row) {
    Notification letter = a_letter(job.service_id);
    letter.job_id = job.id;
    letter.job_row = row;
    return letter;
  }

  static constexpr Date kDay{std::chrono::year{2026}, std::chrono::March, std::chrono::day{2}};
  const std::string kFile = "Notify-202603021740-rq.txt";
};
POSTROOM_CONTRACT_SUITE(RecordContract);

TEST_P(RecordContract, LG6_only_letters_of_services_without_the_permission) {
  const ServiceId records_service = record_service();
  const ServiceId pdf_service = made_service("Pdf", {Permission::letter, Permission::letters_as_pdf});
  const auto first = stored(a_letter(records_service));
  clock_.advance(1s);
  const auto second = stored(a_letter(records_service));
  stored(a_letter(pdf_service));
  stored(a_letter(new_id<ServiceId>()));  // of no service at all
  Notification test = a_letter(records_service);
  test.key_type = accounts::KeyType::test;
  stored(test);
  Notification pending = a_letter(records_service);
  pending.status = NotificationStatus::pending;
  stored(pending);
  stored(a_text(records_service));
  EXPECT_THAT(candidates(), ElementsAre(first.id, second.id));
  EXPECT_THAT(value_of(records().candidates(now() + 1h, 1)), ElementsAre(first.id));
  EXPECT_THAT(value_of(records().candidates(second.created_at, 100)), ElementsAre(first.id));
}

TEST_P(RecordContract, LG6_the_permission_is_asked_as_it_is_now) {
  accounts::Service service = a_service("Both");
  service.permissions = {Permission::letter, Permission::letters_as_pdf};
  value_of(db().services().create(service));
  const auto letter = stored(a_letter(service.id));
  EXPECT_THAT(candidates(), IsEmpty());
  service.permissions = {Permission::letter};
  value_of(db().services().update(service));
  EXPECT_THAT(candidates(), ElementsAre(letter.id));
  service.permissions.insert(Permission::letters_as_pdf);
  value_of(db().services().update(service));
  EXPECT_THAT(candidates(), IsEmpty());
}

TEST_P(RecordContract, LG6_rows_of_jobs_are_left_to_the_jobs_file_unless_they_were_rendered) {
  const auto job = a_job(record_service());
  Notification waiting = row_of(job, 0);
  waiting.billable_units = 0;
  stored(waiting);
  Notification rendered = row_of(job, 1);
  rendered.billable_units = 1;
  stored(rendered);
  EXPECT_THAT(candidates(), ElementsAre(rendered.id));
}

TEST_P(RecordContract, T21_rows_of_a_job_that_was_sent_are_taken_again) {
  const auto job = a_job(record_service());
  Notification again = row_of(job, 0);
  again.billable_units = 0;
  stored(again);
  move_job(job, JobStatus::pending, JobStatus::ready_to_send);
  EXPECT_THAT(candidates(), IsEmpty());
  move_job(job, JobStatus::ready_to_send, JobStatus::sent_to_dvla);
  EXPECT_THAT(candidates(), ElementsAre(again.id));
}

TEST_P(RecordContract, LG6_plan_makes_letters_pending_with_file_and_task_or_nothing) {
  const ServiceId service = record_service();
  const auto a = stored(a_letter(service));
  const auto b = stored(a_letter(service));
  value_of(plan(kFile, {a, b}));
  EXPECT_EQ(status(a), NotificationStatus::pending);
  EXPECT_EQ(status(b), NotificationStatus::pending);
  const auto events = value_of(db().notifications().events(a.id));
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().status, NotificationStatus::pending);
  EXPECT_EQ(events.back().cause, "records.written");
  EXPECT_EQ(events.back().detail, kFile);
  EXPECT_EQ(value_of(db().letters().zip(kFile)).state, ZipState::planned);
  EXPECT_EQ(value_of(db().letters().zip_letters(kFile)).size(), 2u);
  EXPECT_THAT(subjects(claim("print")), ElementsAre(kFile));
  EXPECT_THAT(candidates(), IsEmpty());

  const auto c = stored(a_letter(service));
  EXPECT_EQ(error_kind(plan(kFile, {c})), ErrorKind::conflict);                            // the name
  EXPECT_EQ(error_kind(plan("Notify-202603021741-rq.txt", {c, b})), ErrorKind::conflict);  // b is in a file
  Notification cancelled = a_letter(service);
  cancelled.status = NotificationStatus::cancelled;
  stored(cancelled);
  EXPECT_EQ(error_kind(plan("Notify-202603021741-rq.txt", {c, cancelled})), ErrorKind::conflict);
  EXPECT_EQ(error_kind(plan("Notify-202603021741-rq.txt", {c, cancelled}, NotificationStatus::created)),
            ErrorKind::conflict);
  EXPECT_EQ(status(c), NotificationStatus::created);
  EXPECT_FALSE(db().letters().zip("Notify-202603021741-rq.txt"));
  EXPECT_THAT(claim("print"), IsEmpty());
  EXPECT_THAT(candidates(), ElementsAre(c.id));
}

TEST_P(RecordContract, LG6_a_letter_is_in_one_zip_or_file) {
  const ServiceId service = record_service();
  const auto a = stored(a_letter(service));
  std::vector<ZipLetter> entry{{a.id, a.reference, "x"}};
  value_of(db().letters().plan_zip(a_file("Z.ZIP"), entry, a_task("print", "Z.ZIP")));
  EXPECT_THAT(candidates(), IsEmpty());
  EXPECT_EQ(error_kind(plan(kFile, {a})), ErrorKind::conflict);
  EXPECT_EQ(status(a), NotificationStatus::created);
  ASSERT_TRUE(value_of(db().letters().move_zip("Z.ZIP", ZipState::planned, ZipState::failed, now(), "x")));
  EXPECT_THAT(candidates(), ElementsAre(a.id));
  value_of(plan(kFile, {a}));
}

TEST_P(RecordContract, LG6_of_two_concurrent_runs_one_takes_the_letter) {
  const auto a = stored(a_letter(record_service()));
  std::atomic<int> won{0};
  on_threads(4, [&](int i) {
    const auto planned = plan(fmt::format("Notify-20260302174{}-rq.txt", i), {a});
    if (planned) ++won;
  });
  EXPECT_EQ(won, 1);
}

TEST_P(RecordContract, LG3_letters_of_a_job) {
  const auto job = a_job(record_service());
  const auto second = stored(row_of(job, 1));
  const auto first = stored(row_of(job, 0));
  Notification gone = row_of(job, 2);
  gone.status = NotificationStatus::cancelled;
  stored(gone);
  Notification test = row_of(job, 3);
  test.key_type = accounts::KeyType::test;
  stored(test);
  stored(row_of(a_job(job.service_id), 0));
  value_of(plan(kFile, {second}, NotificationStatus::created));
  EXPECT_EQ(status(second), NotificationStatus::created);
  const auto letters = value_of(records().job_letters(job.id));
  ASSERT_EQ(letters.size(), 2u);
  EXPECT_EQ(letters[0].id, first.id);
  EXPECT_EQ(letters[0].reference, first.reference);
  EXPECT_FALSE(letters[0].is_planned);
  EXPECT_EQ(letters[1].id, second.id);
  EXPECT_TRUE(letters[1].is_planned);
}

TEST_P(RecordContract, LG4_jobs_by_state_newest_first) {
  const ServiceId service = record_service();
  const auto ready = [&](NotificationType type = NotificationType::letter) {
    const auto job = a_job(service, type);
    move_job(job, JobStatus::pending, JobStatus::ready_to_send);
    clock_.advance(1s);
    return job;
  };
  const auto old = ready();
  const auto young = ready();
  ready(NotificationType::sms);
  const auto broken = ready();
  move_job(broken, JobStatus::ready_to_send, JobStatus::error);
  a_job(service);
  const auto ids_of = [&](JobStatus status, UtcTime before, int limit = 10) {
    std::vector<JobId> out;
    for (const auto& job : value_of(records().jobs(status, before, limit))) out.push_back(job.id);
    return out;
  };
  EXPECT_THAT(ids_of(JobStatus::ready_to_send, now()), ElementsAre(young.id, old.id));
  EXPECT_THAT(ids_of(JobStatus::ready_to_send, now(), 1), ElementsAre(young.id));
  EXPECT_THAT(ids_of(JobStatus::ready_to_send, young.created_at), ElementsAre(old.id));
  EXPECT_THAT(ids_of(JobStatus::error, now()), ElementsAre(broken.id));
  EXPECT_THAT(ids_of(JobStatus::sent_to_dvla, now()), IsEmpty());
}

TEST_P(RecordContract, T17_a_job_that_is_ready_to_send_can_be_cancelled) {
  const auto job = a_job(record_service());
  const auto letter = stored(row_of(job, 0));
  move_job(job, JobStatus::pending, JobStatus::ready_to_send);
  EXPECT_TRUE(value_of(db().letter_care().cancel_job(job.id, now(), "test")).is_done);
  EXPECT_EQ(status(letter), NotificationStatus::cancelled);
  EXPECT_EQ(value_of(db().jobs().find(job.id)).status, JobStatus::cancelled);
  EXPECT_THAT(value_of(records().job_letters(job.id)), IsEmpty());
}

TEST_P(RecordContract, FT12_uploaded_files_with_waiting_letters) {
  const ServiceId service = record_service();
  const auto a = stored(a_letter(service));
  const auto b = stored(a_letter(service));
  const auto c = stored(a_letter(service));
  value_of(plan(kFile, {a}));
  value_of(plan("Notify-202603021741-rq.txt", {b}, NotificationStatus::created));
  value_of(db().letters().plan_zip(a_file("Z.ZIP"), std::vector<ZipLetter>{{c.id, c.reference, "x"}},
                                   a_task("print", "Z.ZIP")));
  EXPECT_THAT(value_of(records().uploaded_files_with_waiting_letters()), IsEmpty());
  for (const std::string& name : {kFile, std::string("Notify-202603021741-rq.txt"), std::string("Z.ZIP")})
    ASSERT_TRUE(value_of(db().letters().move_zip(name, ZipState::planned, ZipState::uploaded, now(), "")));
  EXPECT_THAT(value_of(records().uploaded_files_with_waiting_letters()),
              ElementsAre(kFile, "Notify-202603021741-rq.txt"));
  for (const auto& letter : {a, b}) {
    ASSERT_TRUE(
        value_of(db().notifications().move({.id = letter.id,
                                            .from = {NotificationStatus::pending, NotificationStatus::created},
                                            .to = NotificationStatus::sending,
                                            .at = now()})));
  }
  EXPECT_THAT(value_of(records().uploaded_files_with_waiting_letters()), IsEmpty());
}

}  // namespace postroom::contract
