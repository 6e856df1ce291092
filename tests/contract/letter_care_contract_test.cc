// LetterCareStore: every sentence of ports/letter_care_store.h.
#include "fixture.h"

namespace postroom::contract {

using ports::LetterCancel;
using testing::ElementsAre;
using testing::IsEmpty;
using enum NotificationStatus;

class LetterCareContract : public StoreContract {
 protected:
  ports::LetterCareStore& care() { return db().letter_care(); }

  Notification a_waiting_letter(NotificationStatus status = created) {
    Notification letter = a_letter(service_);
    letter.status = status;
    letter.billable_units = 2;
    return letter;
  }
  Notification again(const Notification& n) { return value_of(db().notifications().find(n.id)); }
  void plan(const std::string& name, const Notification& letter) {
    const ports::ZipLetter entry{letter.id, letter.reference, "2026-03-02/" + letter.reference + ".PDF"};
    value_of(db().letters().plan_zip(
        {.name = name, .run_day = kDay, .letter_count = 1, .byte_count = 1, .created_at = now()},
        std::span(&entry, 1), a_task("print", name)));
  }
  jobs::Job a_job(jobs::JobStatus status = jobs::JobStatus::finished,
                  NotificationType type = NotificationType::letter) {
    jobs::Job job{.id = new_id<JobId>(), .service_id = service_, .template_id = new_id<TemplateId>()};
    job.type = type;
    job.status = status;
    job.created_at = now();
    value_of(db().jobs().create(job, {}));
    return job;
  }
  Notification row_of(const jobs::Job& job, int row, NotificationStatus status = created) {
    Notification letter = a_waiting_letter(status);
    letter.job_id = job.id;
    letter.job_row = row;
    return stored(letter);
  }

  static constexpr Date kDay{std::chrono::year{2026}, std::chrono::March, std::chrono::day{2}};
  static constexpr Date kNextDay{std::chrono::year{2026}, std::chrono::March, std::chrono::day{3}};
  const ServiceId service_ = new_id<ServiceId>();
};
POSTROOM_CONTRACT_SUITE(LetterCareContract);

TEST_P(LetterCareContract, CA1_only_letters_that_wait_are_cancelled) {
  for (NotificationStatus status : notifications::all_statuses()) {
    const Notification letter = stored(a_waiting_letter(status));
    const bool good = status == created || status == pending_virus_check;
    EXPECT_EQ(value_of(care().cancel(letter.id, now() + 1s, "test.cancel")),
              good ? LetterCancel::done : LetterCancel::moved_on);
    const Notification after = again(letter);
    const auto events = value_of(db().notifications().events(letter.id));
    if (!good) {
      EXPECT_EQ(after, letter);
      EXPECT_THAT(events, IsEmpty());
      continue;
    }
    EXPECT_EQ(after.status, cancelled);
    EXPECT_EQ(after.billable_units, 0);
    EXPECT_EQ(after.updated_at, now() + 1s);
    EXPECT_THAT(events, ElementsAre(notifications::NotificationEvent{now() + 1s, cancelled, "test.cancel", ""}));
  }
  Notification text = a_text(service_);
  stored(text);
  EXPECT_EQ(value_of(care().cancel(text.id, now(), "c")), LetterCancel::moved_on);
  EXPECT_EQ(value_of(care().cancel(new_id<NotificationId>(), now(), "c")), LetterCancel::moved_on);
}

TEST_P(LetterCareContract, CA4_a_letter_in_a_live_zip_is_not_cancelled) {
  const Notification letter = stored(a_waiting_letter());
  plan("ONE.ZIP", letter);
  EXPECT_EQ(value_of(care().cancel(letter.id, now(), "c")), LetterCancel::in_zip);
  EXPECT_EQ(again(letter).status, created);
  value_of(db().letters().move_zip("ONE.ZIP", ports::ZipState::planned, ports::ZipState::failed, now(), "full"));
  EXPECT_EQ(value_of(care().cancel(letter.id, now(), "c")), LetterCancel::done);
}

TEST_P(LetterCareContract, CA4_a_cancelled_letter_gets_into_no_zip) {
  const Notification letter = stored(a_waiting_letter()), other = stored(a_waiting_letter());
  EXPECT_EQ(value_of(care().cancel(letter.id, now(), "c")), LetterCancel::done);
  const std::vector<ports::ZipLetter> entries{{other.id, other.reference, "a/b.PDF"},
                                              {letter.id, letter.reference, "a/c.PDF"}};
  EXPECT_EQ(error_kind(db().letters().plan_zip(
                {.name = "TWO.ZIP", .run_day = kDay, .letter_count = 2, .byte_count = 1, .created_at = now()},
                entries, a_task("print", "TWO.ZIP"))),
            ErrorKind::conflict);
  EXPECT_EQ(error_kind(db().letters().zip("TWO.ZIP")), ErrorKind::not_found);
}

TEST_P(LetterCareContract, CA4_either_the_zip_or_the_cancel_gets_the_letter) {
  for (int round = 0; round < 20; ++round) {
    const Notification letter = stored(a_waiting_letter());
    const std::string name = "R" + std::to_string(round) + ".ZIP";
    std::atomic<bool> is_planned = false, is_cancelled = false;
    on_threads(2, [&](int i) {
      const ports::ZipLetter entry{letter.id, letter.reference, "a/b.PDF"};
      if (i == 0)
        is_cancelled = value_of(care().cancel(letter.id, now(), "c")) == LetterCancel::done;
      else
        is_planned = db().letters()
                         .plan_zip({.name = name, .run_day = kDay, .letter_count = 1, .created_at = now()},
                                   std::span(&entry, 1), a_task("print", name))
                         .has_value();
    });
    EXPECT_NE(is_planned, is_cancelled) << round;
  }
}

TEST_P(LetterCareContract, CA2_a_job_is_cancelled_as_a_whole) {
  const jobs::Job job = a_job();
  std::vector<Notification> rows;
  int number = 0;
  for (NotificationStatus status :
       {created, pending_virus_check, cancelled, virus_scan_failed, validation_failed, technical_failure, created})
    rows.push_back(row_of(job, number++, status));
  const Notification alone = stored(a_waiting_letter());
  auto outcome = value_of(care().cancel_job(job.id, now() + 1s, "test.cancel"));
  EXPECT_TRUE(outcome.is_done);
  EXPECT_EQ(outcome.cancelled, 3);
  EXPECT_EQ(outcome.blocked_by, std::nullopt);
  EXPECT_EQ(value_of(db().jobs().find(job.id)).status, jobs::JobStatus::cancelled);
  for (const Notification& row : rows) {
    const bool was_waiting = row.status == created || row.status == pending_virus_check;
    EXPECT_EQ(again(row).status, was_waiting ? cancelled : row.status);
    EXPECT_EQ(again(row).billable_units, was_waiting ? 0 : 2);
    EXPECT_EQ(value_of(db().notifications().events(row.id)).size(), was_waiting ? 1U : 0U);
  }
  EXPECT_EQ(again(alone), alone);
  // Not a second time.
  EXPECT_FALSE(value_of(care().cancel_job(job.id, now(), "c")).is_done);
}

TEST_P(LetterCareContract, CA2_a_single_letter_that_went_further_blocks_its_job) {
  for (NotificationStatus status :
       {sending, pending, delivered, permanent_failure, temporary_failure, returned_letter}) {
    const jobs::Job job = a_job();
    const Notification waiting = row_of(job, 0);
    row_of(job, 1, status);
    auto outcome = value_of(care().cancel_job(job.id, now(), "c"));
    EXPECT_FALSE(outcome.is_done);
    EXPECT_EQ(outcome.blocked_by, status);
    EXPECT_EQ(again(waiting), waiting);
    EXPECT_EQ(value_of(db().jobs().find(job.id)).status, jobs::JobStatus::finished);
  }
  const jobs::Job job = a_job();
  const Notification in_zip = row_of(job, 0), other = row_of(job, 1);
  plan("JOB.ZIP", in_zip);
  auto outcome = value_of(care().cancel_job(job.id, now(), "c"));
  EXPECT_FALSE(outcome.is_done);
  EXPECT_TRUE(outcome.is_in_zip);
  EXPECT_EQ(again(other), other);
}

TEST_P(LetterCareContract, CA2_only_finished_jobs_of_letters) {
  using jobs::JobStatus;
  for (JobStatus status :
       {JobStatus::scheduled, JobStatus::pending, JobStatus::in_progress, JobStatus::cancelled}) {
    const jobs::Job job = a_job(status);
    row_of(job, 0);
    auto outcome = value_of(care().cancel_job(job.id, now(), "c"));
    EXPECT_FALSE(outcome.is_done || outcome.blocked_by || outcome.is_in_zip);
    EXPECT_EQ(value_of(db().jobs().find(job.id)).status, status);
  }
  const jobs::Job texts = a_job(JobStatus::finished, NotificationType::sms);
  EXPECT_FALSE(value_of(care().cancel_job(texts.id, now(), "c")).is_done);
  EXPECT_FALSE(value_of(care().cancel_job(new_id<JobId>(), now(), "c")).is_done);
}

TEST_P(LetterCareContract, SR3_letters_that_wait_for_their_checks_by_age) {
  std::vector<NotificationId> waiting;
  for (int i = 0; i < 4; ++i) {
    Notification letter = a_waiting_letter(pending_virus_check);
    if (i == 1) letter.key_type = accounts::KeyType::test;
    waiting.push_back(stored(letter).id);
    stored(a_waiting_letter());
    clock_.advance(1min);
  }
  const UtcTime start = now() - 4min;
  EXPECT_THAT(value_of(care().pending_checks(start, now(), 10)), testing::ElementsAreArray(waiting));
  EXPECT_THAT(value_of(care().pending_checks(start + 1min, start + 3min, 10)), ElementsAre(waiting[1], waiting[2]));
  EXPECT_THAT(value_of(care().pending_checks(start, now(), 1)), ElementsAre(waiting[0]));
}

TEST_P(LetterCareContract, RL2_a_returned_letter_keeps_its_first_day) {
  const ServiceId other = new_id<ServiceId>();
  std::vector<ports::ReturnedLetter> letters;
  for (int i = 0; i < 5; ++i) letters.push_back({new_id<NotificationId>(), i == 4 ? other : service_, kDay});
  value_of(care().record_returned(letters));
  for (auto& letter : letters) letter.reported_on = kNextDay;
  letters.push_back({new_id<NotificationId>(), service_, kNextDay});
  value_of(care().record_returned(letters));
  value_of(care().record_returned({}));
  EXPECT_THAT(value_of(care().returned_days(service_)),
              ElementsAre(ports::ReturnedLettersDay{kNextDay, 1}, ports::ReturnedLettersDay{kDay, 4}));
  EXPECT_THAT(value_of(care().returned_days(new_id<ServiceId>())), IsEmpty());

  std::vector<NotificationId> expected, paged;
  for (int i = 0; i < 4; ++i) expected.push_back(letters[static_cast<std::size_t>(i)].id);
  std::ranges::sort(expected);
  std::optional<NotificationId> after;
  for (;;) {
    auto page = value_of(care().returned_on(service_, kDay, after, 3));
    if (page.empty()) break;
    paged.insert(paged.end(), page.begin(), page.end());
    after = page.back();
  }
  EXPECT_EQ(paged, expected);
  EXPECT_THAT(value_of(care().returned_on(service_, kNextDay, std::nullopt, 9)), ElementsAre(letters.back().id));
}

TEST_P(LetterCareContract, SA13_what_the_file_told_is_taken_over_with_the_state) {
  for (NotificationStatus to : {created, delivered}) {
    Notification letter = a_letter(service_);
    letter.status = pending_virus_check;
    letter.to = "Provided as PDF";
    letter.normalised_to.clear();
    letter.personalisation = R"({"address_line_1":"Provided as PDF"})";
    stored(letter);
    Notification checked = letter;
    checked.status = to;
    checked.to = "Ada\nRue 1\nFrance";
    checked.normalised_to = "adarue1france";
    checked.postage = Postage::europe;
    checked.international = true;
    checked.billable_units = 3;
    EXPECT_TRUE(value_of(care().pass_checks(checked, now() + 1s, "checks.passed", "5 pages")));
    checked.updated_at = now() + 1s;
    EXPECT_EQ(again(letter), checked);
    EXPECT_THAT(value_of(db().notifications().events(letter.id)),
                ElementsAre(notifications::NotificationEvent{now() + 1s, to, "checks.passed", "5 pages"}));
    ports::NotificationQuery by_recipient{.service_id = service_};
    by_recipient.to = "adarue1france";
    EXPECT_THAT(ids(value_of(db().notifications().list(by_recipient))), testing::Contains(letter.id));
    EXPECT_FALSE(value_of(care().pass_checks(checked, now() + 2s, "c", "")));
    EXPECT_EQ(again(letter), checked);
    EXPECT_EQ(value_of(care().fault(letter.id)), std::nullopt);
  }
}

TEST_P(LetterCareContract, SA13_only_a_letter_that_waits_for_its_checks_passes_them) {
  for (NotificationStatus status : notifications::all_statuses()) {
    if (status == pending_virus_check) continue;
    const Notification letter = stored(a_waiting_letter(status));
    Notification changed = letter;
    changed.status = created;
    changed.to = "Somebody else";
    EXPECT_FALSE(value_of(care().pass_checks(changed, now(), "c", "")));
    EXPECT_EQ(again(letter), letter);
    EXPECT_THAT(value_of(db().notifications().events(letter.id)), IsEmpty());
  }
  Notification nobody = a_letter(service_);
  EXPECT_FALSE(value_of(care().pass_checks(nobody, now(), "c", "")));
}

TEST_P(LetterCareContract, SA13_a_fault_is_kept_with_the_state_and_goes_with_the_letter) {
  const Notification letter = stored(a_waiting_letter(pending_virus_check));
  const std::vector only_pending{pending_virus_check};
  const ports::LetterFault fault{.code = "content-outside-printable-area", .pages = {1, 10}, .page_count = 10};
  EXPECT_TRUE(value_of(care().fail_checks(letter.id, only_pending, fault, now() + 1s, "checks.failed", "why")));
  const Notification after = again(letter);
  EXPECT_EQ(after.status, validation_failed);
  EXPECT_EQ(after.billable_units, 0);
  EXPECT_EQ(after.updated_at, now() + 1s);
  EXPECT_EQ(value_of(care().fault(letter.id)), fault);
  EXPECT_THAT(value_of(db().notifications().events(letter.id)),
              ElementsAre(notifications::NotificationEvent{now() + 1s, validation_failed, "checks.failed", "why"}));

  const Notification other = stored(a_waiting_letter(cancelled));
  EXPECT_FALSE(value_of(care().fail_checks(other.id, only_pending, fault, now(), "c", "")));
  EXPECT_EQ(again(other), other);
  EXPECT_EQ(value_of(care().fault(other.id)), std::nullopt);
  EXPECT_EQ(value_of(care().fault(new_id<NotificationId>())), std::nullopt);

  const ports::LetterFault unreadable{.code = "unable-to-read-the-file", .pages = {}, .page_count = {}};
  const Notification third = stored(a_waiting_letter(created));
  EXPECT_TRUE(value_of(care().fail_checks(third.id, std::vector{created, sending}, unreadable, now(), "c", "")));
  EXPECT_EQ(value_of(care().fault(third.id)), unreadable);

  const std::vector<NotificationId> both{letter.id, other.id};
  EXPECT_EQ(value_of(db().archive().archive(both, now() + 24h)), 2);
  EXPECT_EQ(value_of(care().fault(letter.id)), std::nullopt);
  EXPECT_EQ(value_of(care().fault(third.id)), unreadable);
}

}  // namespace postroom::contract
