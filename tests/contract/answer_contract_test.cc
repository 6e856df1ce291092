// AnswerStore, and the answers that NotificationStore::accept() and JobStore::create() keep: every sentence of
// ports/answer_store.h.
#include <atomic>

#include "fixture.h"

namespace postroom::contract {

using accounts::KeyType;
using ports::AnswerToKeep;
using ports::IdempotencyKey;

class AnswerContract : public StoreContract {
 protected:
  ports::AnswerStore& answers() { return db().answers(); }
  AnswerToKeep an_answer(ServiceId service, std::string key = "key-1", std::string body = "{\"id\":1}") {
    return {.key = {.service_id = service, .key_type = KeyType::normal, .text = std::move(key)},
            .request = "request",
            .status = 201,
            .body = std::move(body),
            .accepted_at = now(),
            .expires_at = now() + 24h};
  }
  ports::Acceptance a_message(const AnswerToKeep& answer) {
    return {
        .notification = a_text(answer.key.service_id),
        .tasks = {a_task()},
        .claims = {.use = ports::DailyUse{.day = Date{std::chrono::floor<std::chrono::days>(now())}, .limit = 100},
                   .answer = answer}};
  }
  std::optional<ports::KeptAnswer> found(const IdempotencyKey& key, BytesView request = "request") {
    return value_of(answers().find(key, request, now()));
  }
  std::int64_t counted(ServiceId service) {
    return value_of(db().limits().daily_counts(
        service, Date{std::chrono::floor<std::chrono::days>(now())}))[ports::DailyChannel::sms];
  }
};
POSTROOM_CONTRACT_SUITE(AnswerContract);

TEST_P(AnswerContract, an_answer_is_kept_with_its_message) {
  const AnswerToKeep answer = an_answer(new_id<ServiceId>());
  EXPECT_FALSE(found(answer.key));
  const ports::Acceptance message = a_message(answer);
  value_of(db().notifications().accept(message));
  reopen();
  auto kept = found(answer.key);
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->is_same_request);
  EXPECT_EQ(kept->status, 201);
  EXPECT_EQ(kept->body, answer.body);
  EXPECT_TRUE(db().notifications().find(message.notification.id));
}

TEST_P(AnswerContract, another_request_is_told_apart) {
  const AnswerToKeep answer = an_answer(new_id<ServiceId>());
  value_of(answers().keep(answer));
  auto kept = found(answer.key, "another");
  ASSERT_TRUE(kept);
  EXPECT_FALSE(kept->is_same_request);
  EXPECT_EQ(kept->body, "");
}

TEST_P(AnswerContract, services_and_types_of_key_do_not_share_keys) {
  AnswerToKeep answer = an_answer(new_id<ServiceId>());
  value_of(answers().keep(answer));
  IdempotencyKey key = answer.key;
  key.key_type = KeyType::test;
  EXPECT_FALSE(found(key));
  key = answer.key;
  key.service_id = new_id<ServiceId>();
  EXPECT_FALSE(found(key));
  key = answer.key;
  key.text = "KEY-1";
  EXPECT_FALSE(found(key));
}

TEST_P(AnswerContract, nothing_is_stored_under_a_key_that_is_taken) {
  const AnswerToKeep answer = an_answer(new_id<ServiceId>());
  value_of(db().notifications().accept(a_message(answer)));
  const ports::Acceptance second = a_message(answer);
  EXPECT_EQ(error_kind(db().notifications().accept(second)), ErrorKind::conflict);
  EXPECT_EQ(error_kind(db().notifications().find(second.notification.id)), ErrorKind::not_found);
  EXPECT_EQ(claim("send").size(), 1U);
  EXPECT_EQ(counted(answer.key.service_id), 1);
  EXPECT_EQ(error_kind(answers().keep(answer)), ErrorKind::conflict);
  jobs::Job job;
  job.id = new_id<JobId>();
  job.service_id = answer.key.service_id;
  job.created_at = now();
  EXPECT_EQ(error_kind(db().jobs().create(job, {}, {.use = {}, .answer = answer})), ErrorKind::conflict);
  EXPECT_EQ(error_kind(db().jobs().find(job.id)), ErrorKind::not_found);
}

TEST_P(AnswerContract, an_answer_is_not_kept_without_its_message) {
  Notification letter = a_letter(new_id<ServiceId>());
  stored(letter);
  const AnswerToKeep answer = an_answer(letter.service_id);
  ports::Acceptance again = a_message(answer);
  again.notification = a_letter(letter.service_id);
  again.notification.reference = letter.reference;
  EXPECT_EQ(error_kind(db().notifications().accept(again)), ErrorKind::conflict);
  EXPECT_FALSE(found(answer.key));
  // Nor when the limit of the day is reached.
  again.notification.reference += "X";
  again.claims.use->limit = 0;
  EXPECT_EQ(error_kind(db().notifications().accept(again)), ErrorKind::forbidden);
  EXPECT_FALSE(found(answer.key));
  again.claims.use->limit = 1;
  value_of(db().notifications().accept(again));
  EXPECT_TRUE(found(answer.key));
}

TEST_P(AnswerContract, one_of_many_at_once_is_stored) {
  const AnswerToKeep answer = an_answer(new_id<ServiceId>());
  std::atomic<int> stored_count = 0, conflicts = 0, others = 0;
  on_threads(8, [&](int) {
    for (int i = 0; i < 10; ++i) {
      auto result = db().notifications().accept(a_message(answer));
      stored_count += result.has_value();
      conflicts += !result && result.error().kind == ErrorKind::conflict;
      others += db().notifications().accept({.notification = a_text(new_id<ServiceId>()), .tasks = {}}).has_value();
    }
  });
  EXPECT_EQ(stored_count, 1);
  EXPECT_EQ(conflicts, 79);
  EXPECT_EQ(others, 80);
  EXPECT_EQ(counted(answer.key.service_id), 1);
}

TEST_P(AnswerContract, an_expired_answer_makes_room) {
  AnswerToKeep answer = an_answer(new_id<ServiceId>());
  value_of(db().notifications().accept(a_message(answer)));
  clock_.advance(24h);
  EXPECT_FALSE(found(answer.key));
  AnswerToKeep next = an_answer(answer.key.service_id, answer.key.text, "{\"id\":2}");
  value_of(db().notifications().accept(a_message(next)));
  EXPECT_EQ(found(answer.key)->body, "{\"id\":2}");
}

TEST_P(AnswerContract, expired_answers_are_removed) {
  const auto service = new_id<ServiceId>();
  for (int i = 0; i < 3; ++i) value_of(answers().keep(an_answer(service, "old-" + std::to_string(i))));
  clock_.advance(1h);
  const AnswerToKeep fresh = an_answer(service, "fresh");
  value_of(answers().keep(fresh));
  EXPECT_EQ(value_of(answers().remove_expired(now())), 0);
  clock_.advance(23h);
  EXPECT_EQ(value_of(answers().remove_expired(now())), 3);
  EXPECT_EQ(value_of(answers().remove_expired(now())), 0);
  EXPECT_TRUE(found(fresh.key));
}

TEST_P(AnswerContract, neither_key_nor_answer_can_be_read_on_the_disk) {
  value_of(answers().keep(an_answer(new_id<ServiceId>(), "ann-example-2026", "{\"body\":\"Dear Ann Example\"}")));
  close();
  const std::string bytes = backend().raw_bytes();
  EXPECT_EQ(bytes.find("ann-example-2026"), std::string::npos);
  EXPECT_EQ(bytes.find("Dear Ann"), std::string::npos);
}

}  // namespace postroom::contract
