// ArchiveStore: every sentence of ports/archive_store.h.
#include "fixture.h"

namespace postroom::contract {

using ports::ExpiredMessage;
using testing::ElementsAre;
using testing::IsEmpty;
using enum NotificationStatus;

class ArchiveContract : public StoreContract {
 protected:
  ports::ArchiveStore& archive() { return db().archive(); }

  std::vector<NotificationId> expired_ids(UtcTime before, NotificationType type = NotificationType::sms,
                                          int page = 100) {
    std::vector<NotificationId> out;
    std::optional<ExpiredMessage> last;
    for (;;) {
      auto found = value_of(archive().expired(service_, type, before, last ? &*last : nullptr, page));
      if (found.empty()) return out;
      for (const auto& one : found) out.push_back(one.id);
      last = found.back();
    }
  }
  int archive_one(const Notification& n, UtcTime before) { return value_of(archive().archive({&n.id, 1}, before)); }
  bool is_live(const Notification& n) { return db().notifications().find(n.id).has_value(); }
  std::optional<Notification> archived(const Notification& n) {
    auto found = value_of(archive().find_all({&n.id, 1}));
    return found.empty() ? std::nullopt : std::optional(found.front());
  }
  // What stays of a message.
  static Notification without_personal(Notification n) {
    n.to = n.normalised_to = n.personalisation = n.reply_to = n.unsubscribe_url = n.created_by_name = "";
    n.scheduled_for.reset();
    n.document_count = 0;
    return n;
  }

  const ServiceId service_ = new_id<ServiceId>();
};
POSTROOM_CONTRACT_SUITE(ArchiveContract);

TEST_P(ArchiveContract, RE1_expired_are_those_before_the_horizon_oldest_first) {
  std::vector<Notification> texts;
  for (int i = 0; i < 6; ++i) {
    texts.push_back(stored(a_text(service_)));
    if (i % 2 == 1) clock_.advance(1s);
  }
  stored(a_letter(service_));
  stored(a_text(new_id<ServiceId>()));
  std::ranges::sort(texts, {}, [](const Notification& n) { return std::pair(n.created_at, n.id); });
  for (int page : {1, 4, 100}) EXPECT_EQ(expired_ids(now(), NotificationType::sms, page), ids(texts));
  EXPECT_THAT(expired_ids(texts[2].created_at), ElementsAre(texts[0].id, texts[1].id));
  EXPECT_THAT(expired_ids(texts[0].created_at), IsEmpty());
  EXPECT_THAT(expired_ids(now(), NotificationType::email), IsEmpty());
  auto first = value_of(archive().expired(service_, NotificationType::sms, now(), nullptr, 1)).at(0);
  EXPECT_EQ(first, (ExpiredMessage{.id = texts[0].id,
                                   .status = texts[0].status,
                                   .key_type = texts[0].key_type,
                                   .reference = "",
                                   .postage = std::nullopt,
                                   .created_at = texts[0].created_at}));
}

TEST_P(ArchiveContract, RE3_letters_whose_end_is_unknown_never_expire) {
  for (NotificationStatus status : notifications::all_statuses()) {
    Notification letter = a_letter(service_, Postage::first);
    letter.status = status;
    stored(letter);
    const bool stays = status == created || status == pending_virus_check || status == sending || status == pending;
    EXPECT_EQ(expired_ids(now() + 1s, NotificationType::letter).size(), stays ? 0U : 1U) << to_string(status);
    EXPECT_EQ(archive_one(letter, now() + 1s), stays ? 0 : 1) << to_string(status);
    EXPECT_EQ(is_live(letter), stays);
    EXPECT_EQ(archived(letter).has_value(), !stays);
    Notification text = a_text(service_);
    text.status = status;
    stored(text);
    EXPECT_EQ(archive_one(text, now() + 1s), 1);
  }
}

TEST_P(ArchiveContract, messages_that_are_still_to_go_do_not_expire) {
  Notification text = a_text(service_);
  text.scheduled_for = now() + 3h;
  stored(text);
  EXPECT_THAT(expired_ids(now() + 3h), IsEmpty());
  EXPECT_EQ(archive_one(text, now() + 3h), 0);
  EXPECT_THAT(expired_ids(now() + 3h + 1us), ElementsAre(text.id));
  EXPECT_EQ(archive_one(text, now() + 3h + 1us), 1);
}

TEST_P(ArchiveContract, RE4_archived_is_the_row_without_anything_personal) {
  Notification letter = a_letter(service_, Postage::europe);
  letter.status = delivered;
  letter.billable_units = 3;
  letter.api_key_id = new_id<ApiKeyId>();
  letter.job_id = new_id<JobId>();
  letter.job_row = 7;
  letter.client_reference = "case 7";
  letter.has_client_reference = true;
  letter.sent_at = now() + 1s;
  letter.updated_at = now() + 2s;
  letter.sent_by = "dvla";
  letter.provider_reference = "p1";
  letter.created_by_name = "Ann";
  stored(letter);
  value_of(db().notifications().add_event(letter.id, {now(), delivered, "test", ""}));
  EXPECT_EQ(archive_one(letter, now() + 1s), 1);
  EXPECT_FALSE(is_live(letter));
  EXPECT_THAT(value_of(db().notifications().events(letter.id)), IsEmpty());
  EXPECT_EQ(archived(letter), without_personal(letter));
  EXPECT_THAT(value_of(archive().find_by_references({&letter.reference, 1})),
              ElementsAre(without_personal(letter)));
  EXPECT_EQ(archive_one(letter, now() + 1s), 0);
  reopen();
  EXPECT_EQ(archived(letter), without_personal(letter));
}

TEST_P(ArchiveContract, RE4_messages_of_test_keys_leave_no_trace) {
  Notification text = a_text(service_);
  text.key_type = accounts::KeyType::test;
  Notification team = a_text(service_);
  team.key_type = accounts::KeyType::team;
  stored(text);
  stored(team);
  EXPECT_EQ(archive_one(text, now() + 1s), 1);
  EXPECT_EQ(archive_one(team, now() + 1s), 1);
  EXPECT_FALSE(is_live(text));
  EXPECT_EQ(archived(text), std::nullopt);
  EXPECT_NE(archived(team), std::nullopt);
}

TEST_P(ArchiveContract, RE4_zips_still_name_the_letters_that_were_in_them) {
  Notification old = a_letter(service_), young = a_letter(service_);
  old.billable_units = young.billable_units = 1;
  stored(old);
  stored(young);
  const std::vector<ports::ZipLetter> in_zip{{old.id, old.reference, "1.PDF"},
                                             {young.id, young.reference, "2.PDF"}};
  const Date day{std::chrono::year{2026}, std::chrono::March, std::chrono::day{2}};
  value_of(db().letters().plan_zip({.name = "A.ZIP", .run_day = day, .letter_count = 2, .created_at = now()},
                                   in_zip, a_task("print", "A.ZIP")));
  for (const Notification& letter : {old, young}) {
    value_of(db().notifications().move({.id = letter.id, .from = {created}, .to = delivered, .at = now()}));
  }
  EXPECT_EQ(archive_one(old, now() + 1s), 1);
  const auto found = value_of(db().letters().zip_letters("A.ZIP"));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].id, old.id);
  EXPECT_TRUE(archived(old));
  EXPECT_EQ(value_of(db().letters().zips(day)).at(0).letter_count, 2);
}

TEST_P(ArchiveContract, what_is_not_expired_any_more_stays) {
  const Notification old = stored(a_text(service_));
  clock_.advance(1s);
  const Notification young = stored(a_text(service_));
  const std::vector<NotificationId> both{young.id, old.id, new_id<NotificationId>()};
  EXPECT_EQ(value_of(archive().archive(both, young.created_at)), 1);
  EXPECT_TRUE(is_live(young));
  EXPECT_FALSE(is_live(old));
  EXPECT_EQ(value_of(archive().archive({}, now())), 0);
  const std::vector<NotificationId> many(ports::kArchivedPerCallMax + 1);
  EXPECT_EQ(error_kind(archive().archive(many, now())), ErrorKind::invalid_input);
}

TEST_P(ArchiveContract, found_in_the_order_asked) {
  std::vector<Notification> letters;
  std::vector<std::string> references;
  for (int i = 0; i < 3; ++i) {
    Notification letter = a_letter(service_);
    letter.status = delivered;
    letters.push_back(stored(letter));
    archive_one(letters.back(), now() + 1s);
    references.insert(references.begin(), letters.back().reference);
  }
  references.push_back("NOSUCHREFERENCE0");
  EXPECT_EQ(ids(value_of(archive().find_by_references(references))),
            (std::vector{letters[2].id, letters[1].id, letters[0].id}));
  const std::vector<NotificationId> wanted{letters[1].id, new_id<NotificationId>(), letters[0].id};
  EXPECT_EQ(ids(value_of(archive().find_all(wanted))), (std::vector{letters[1].id, letters[0].id}));
}

TEST_P(ArchiveContract, RE8_late_news_change_archived_messages) {
  Notification letter = a_letter(service_);
  letter.status = delivered;
  stored(letter);
  archive_one(letter, now() + 1s);
  ports::StatusMove move{.id = letter.id,
                         .from = {delivered},
                         .to = returned_letter,
                         .at = now() + 5s,
                         .cause = "c",
                         .tasks = {a_task("callbacks", "one"), a_task("callbacks", "two")}};
  const std::vector<ports::StatusMove> moves{move, move, {.id = new_id<NotificationId>(), .from = {delivered}}};
  EXPECT_EQ(value_of(archive().move_all(moves)), (std::vector{true, false, false}));
  EXPECT_EQ(archived(letter)->status, returned_letter);
  EXPECT_EQ(archived(letter)->updated_at, now() + 5s);
  EXPECT_THAT(subjects(claim("callbacks")), ElementsAre("one", "two"));
}

TEST_P(ArchiveContract, counts_by_channel_and_state) {
  using ports::ArchiveCount;
  const UtcTime start = now();
  auto add = [&](Notification n, NotificationStatus status, int units) {
    n.status = status;
    n.billable_units = units;
    stored(n);
    archive_one(n, now() + 1s);
  };
  add(a_text(service_), delivered, 2);
  add(a_text(service_), delivered, 1);
  add(a_text(service_), permanent_failure, 1);
  add(a_letter(service_), delivered, 4);
  add(a_text(new_id<ServiceId>()), delivered, 1);
  clock_.advance(1s);
  add(a_text(service_), delivered, 9);
  EXPECT_THAT(value_of(archive().counts(service_, start, now())),
              testing::UnorderedElementsAre(ArchiveCount{NotificationType::sms, delivered, 2, 3},
                                            ArchiveCount{NotificationType::sms, permanent_failure, 1, 1},
                                            ArchiveCount{NotificationType::letter, delivered, 1, 4}));
  EXPECT_THAT(value_of(archive().counts(service_, now(), now() + 1s)),
              ElementsAre(ArchiveCount{NotificationType::sms, delivered, 1, 9}));
}

TEST_P(ArchiveContract, RE7_jobs_that_are_over_lose_their_files_once) {
  using jobs::JobStatus;
  std::map<JobStatus, JobId> made;
  for (JobStatus status : {JobStatus::scheduled, JobStatus::pending, JobStatus::in_progress, JobStatus::finished,
                           JobStatus::cancelled}) {
    jobs::Job job{.id = new_id<JobId>(), .service_id = service_, .template_id = new_id<TemplateId>()};
    job.type = NotificationType::letter;
    job.status = status;
    job.created_at = now();
    value_of(db().jobs().create(job, {}));
    made[status] = job.id;
    clock_.advance(1s);
  }
  auto with_file = [&](UtcTime before, NotificationType type = NotificationType::letter) {
    return value_of(archive().jobs_with_file(service_, type, before, 10));
  };
  EXPECT_THAT(with_file(now()), ElementsAre(made[JobStatus::finished], made[JobStatus::cancelled]));
  EXPECT_THAT(with_file(now() - 1s), ElementsAre(made[JobStatus::finished]));
  EXPECT_THAT(with_file(now(), NotificationType::sms), IsEmpty());
  EXPECT_THAT(value_of(archive().jobs_with_file(new_id<ServiceId>(), NotificationType::letter, now(), 10)),
              IsEmpty());
  const std::vector<JobId> gone{made[JobStatus::finished], new_id<JobId>()};
  value_of(archive().note_files_removed(gone));
  EXPECT_THAT(with_file(now()), ElementsAre(made[JobStatus::cancelled]));
  EXPECT_EQ(value_of(db().jobs().find(made[JobStatus::finished])).status, JobStatus::finished);
}

}  // namespace postroom::contract
