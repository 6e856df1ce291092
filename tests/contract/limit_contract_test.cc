// LimitStore, and what NotificationStore::accept() and JobStore::create() count: every sentence of
// ports/limit_store.h.
#include <atomic>

#include "fixture.h"

namespace postroom::contract {

using accounts::KeyType;
using accounts::RequestRate;
using ports::DailyChannel;
using ports::DailyUse;

class LimitContract : public StoreContract {
 protected:
  ports::LimitStore& limits() { return db().limits(); }
  Date today() const { return Date{std::chrono::floor<std::chrono::days>(now())}; }
  DailyUse use(std::int64_t limit, int count = 1) const {
    return {.day = today(), .channel = DailyChannel::sms, .count = count, .limit = limit};
  }
  Result<void> accept(ServiceId service, const DailyUse& daily_use) {
    return db().notifications().accept(
        {.notification = a_text(service), .tasks = {a_task()}, .claims = {.use = daily_use, .answer = {}}});
  }
  std::int64_t counted(ServiceId service, DailyChannel channel = DailyChannel::sms) {
    return value_of(limits().daily_counts(service, today()))[channel];
  }
  std::int64_t rows(ServiceId service) {
    std::int64_t sum = 0;
    for (auto [status, count] : value_of(db().notifications().count_by_status({.service_id = service})))
      sum += count;
    return sum;
  }
  int take(ServiceId service, RequestRate rate, int wanted, KeyType key = KeyType::normal) {
    return value_of(limits().take_tokens(service, key, rate, wanted, now())).taken;
  }
};
POSTROOM_CONTRACT_SUITE(LimitContract);

TEST_P(LimitContract, tokens_are_taken_until_none_is_left) {
  const auto service = new_id<ServiceId>();
  const RequestRate rate{60};
  EXPECT_EQ(take(service, rate, 15), 15);
  EXPECT_EQ(take(service, rate, 15), 5);
  auto none = value_of(limits().take_tokens(service, KeyType::normal, rate, 1, now()));
  EXPECT_EQ(none.taken, 0);
  EXPECT_EQ(accounts::time_to_token(none.left, rate, now()), 1s);
  clock_.advance(1s);
  EXPECT_EQ(take(service, rate, 15), 1);
}

TEST_P(LimitContract, each_service_and_type_of_key_has_a_bucket) {
  const auto one = new_id<ServiceId>(), other = new_id<ServiceId>();
  const RequestRate rate{6};
  EXPECT_EQ(take(one, rate, 9), 2);
  EXPECT_EQ(take(one, rate, 9, KeyType::team), 2);
  EXPECT_EQ(take(one, rate, 9, KeyType::test), 2);
  EXPECT_EQ(take(other, rate, 9), 2);
  EXPECT_EQ(take(one, rate, 9), 0);
}

TEST_P(LimitContract, tokens_stay_taken_after_a_restart) {
  const auto service = new_id<ServiceId>();
  EXPECT_EQ(take(service, {6}, 1), 1);
  reopen();
  EXPECT_EQ(take(service, {6}, 9), 1);
}

TEST_P(LimitContract, tokens_are_never_given_twice) {
  const auto service = new_id<ServiceId>();
  std::atomic<int> taken = 0;
  on_threads(8, [&](int) {
    for (int i = 0; i < 40; ++i) taken += take(service, {3000}, 7);
  });
  EXPECT_EQ(taken, 999);
}

TEST_P(LimitContract, accepting_counts_by_service_day_and_channel) {
  const auto one = new_id<ServiceId>(), other = new_id<ServiceId>();
  value_of(accept(one, use(10)));
  value_of(accept(one, use(10)));
  value_of(accept(other, use(10)));
  auto email = use(10);
  email.channel = DailyChannel::email;
  value_of(accept(one, email));
  EXPECT_EQ(counted(one), 2);
  EXPECT_EQ(counted(one, DailyChannel::email), 1);
  EXPECT_EQ(counted(one, DailyChannel::letter), 0);
  EXPECT_EQ(counted(other), 1);
  reopen();
  EXPECT_EQ(counted(one), 2);
  clock_.advance(24h);
  EXPECT_EQ(counted(one), 0);
}

TEST_P(LimitContract, what_is_not_to_be_counted_is_not) {
  const auto service = new_id<ServiceId>();
  stored(a_text(service));
  EXPECT_EQ(counted(service), 0);
}

TEST_P(LimitContract, nothing_is_stored_beyond_the_limit) {
  const auto service = new_id<ServiceId>();
  for (int i = 0; i < 3; ++i) value_of(accept(service, use(3)));
  EXPECT_EQ(error_kind(accept(service, use(3))), ErrorKind::forbidden);
  EXPECT_EQ(counted(service), 3);
  EXPECT_EQ(rows(service), 3);
  EXPECT_EQ(claim("send").size(), 3U);
  // A raised limit counts at once, and so does one that was lowered below what is counted.
  value_of(accept(service, use(4)));
  EXPECT_EQ(error_kind(accept(service, use(2))), ErrorKind::forbidden);
  EXPECT_EQ(error_kind(accept(new_id<ServiceId>(), use(0))), ErrorKind::forbidden);
}

TEST_P(LimitContract, texts_abroad_are_counted_twice) {
  const auto service = new_id<ServiceId>();
  DailyUse abroad = use(10);
  abroad.international_count = 1;
  abroad.international_limit = 2;
  value_of(accept(service, abroad));
  value_of(accept(service, use(10)));
  value_of(accept(service, abroad));
  EXPECT_EQ(error_kind(accept(service, abroad)), ErrorKind::forbidden);
  EXPECT_EQ(counted(service), 3);
  EXPECT_EQ(counted(service, DailyChannel::international_sms), 2);
  value_of(accept(service, use(10)));
}

TEST_P(LimitContract, a_notification_that_exists_is_not_counted_again) {
  const auto service = new_id<ServiceId>();
  ports::Acceptance acceptance{
      .notification = a_text(service), .tasks = {}, .claims = {.use = use(10), .answer = {}}};
  value_of(db().notifications().accept(acceptance));
  EXPECT_EQ(error_kind(db().notifications().accept(acceptance)), ErrorKind::conflict);
  EXPECT_EQ(counted(service), 1);
}

TEST_P(LimitContract, exactly_the_limit_is_accepted_by_many_at_once) {
  const auto service = new_id<ServiceId>(), other = new_id<ServiceId>();
  std::atomic<int> accepted = 0, refused = 0, others = 0;
  on_threads(12, [&](int thread) {
    for (int i = 0; i < 20; ++i) {
      // Others in the same commits must not notice.
      if (thread % 3 == 0) {
        others += accept(other, use(1'000)).has_value();
        continue;
      }
      auto result = accept(service, use(101));
      if (result)
        ++accepted;
      else if (result.error().kind == ErrorKind::forbidden)
        ++refused;
    }
  });
  EXPECT_EQ(accepted, 101);
  EXPECT_EQ(refused, 160 - 101);
  EXPECT_EQ(others, 80);
  EXPECT_EQ(counted(service), 101);
  EXPECT_EQ(rows(service), 101);
  EXPECT_EQ(rows(other), 80);
}

TEST_P(LimitContract, a_job_takes_all_its_rows_at_once_or_is_not_stored) {
  const auto service = new_id<ServiceId>();
  auto create = [&](int rows_of_job) {
    jobs::Job job;
    job.id = new_id<JobId>();
    job.service_id = service;
    job.row_count = rows_of_job;
    job.created_at = now();
    return std::pair(job.id, db().jobs().create(job, {}, {.use = use(10, rows_of_job), .answer = {}}));
  };
  value_of(create(8).second);
  auto [id, refused] = create(3);
  EXPECT_EQ(error_kind(refused), ErrorKind::forbidden);
  EXPECT_EQ(error_kind(db().jobs().find(id)), ErrorKind::not_found);
  value_of(create(2).second);
  EXPECT_EQ(counted(service), 10);
}

TEST_P(LimitContract, given_back_messages_can_be_sent_again) {
  const auto service = new_id<ServiceId>();
  DailyUse abroad = use(2);
  abroad.international_count = 1;
  abroad.international_limit = 2;
  value_of(accept(service, abroad));
  value_of(accept(service, abroad));
  value_of(limits().give_back(service, abroad));
  EXPECT_EQ(counted(service), 1);
  EXPECT_EQ(counted(service, DailyChannel::international_sms), 1);
  value_of(accept(service, abroad));
  value_of(limits().give_back(service, use(2, 100)));
  EXPECT_EQ(counted(service), 0);
  value_of(limits().give_back(new_id<ServiceId>(), use(2)));
}

TEST_P(LimitContract, what_is_old_is_forgotten) {
  const auto service = new_id<ServiceId>();
  value_of(accept(service, use(10)));
  EXPECT_EQ(take(service, {6}, 2), 2);
  value_of(limits().clean_up(now()));
  EXPECT_EQ(counted(service), 1);
  EXPECT_EQ(take(service, {6}, 1), 0);
  const Date day = today();
  clock_.advance(24h * (ports::kDailyCountsKeptDays + 1));
  value_of(limits().clean_up(now()));
  EXPECT_EQ(value_of(limits().daily_counts(service, day))[DailyChannel::sms], 0);
  EXPECT_EQ(take(service, {6}, 9), 2);
}

}  // namespace postroom::contract
