// CallbackStore. Varied: new and known events, attempts, states, endpoints in trouble, secrets, ages, the key ring.
#include "fixture.h"

namespace postroom::contract {

using accounts::CallbackType;
using ports::CallbackAttempt;
using ports::CallbackEndpoint;
using ports::CallbackEvent;
using ports::CallbackEventId;
using ports::CallbackOutcome;
using ports::CallbackRecord;
using ports::CallbackSecret;
using ports::CallbackState;

class CallbackContract : public StoreContract {
 protected:
  CallbackEvent an_event(CallbackState state = CallbackState::delivered) {
    return {.id = new_id<CallbackEventId>(),
            .endpoint = endpoint_,
            .subject = "subject",
            .body = R"({"to":"XPERSONALX"})",
            .happened_at = now(),
            .state = state,
            .attempts = 0,
            .changed_at = now()};
  }
  CallbackAttempt an_attempt(const CallbackEvent& event, CallbackOutcome outcome = CallbackOutcome::delivered,
                             int status = 200) {
    return {.event_id = event.id,
            .endpoint = event.endpoint,
            .at = now(),
            .outcome = outcome,
            .status = status,
            .milliseconds = 12};
  }
  ports::CallbackRecorded record(const std::vector<CallbackRecord>& records,
                                 const std::vector<ports::CallbackTally>& tallies = {}) {
    return value_of(store().record(records, tallies, 3));
  }
  std::vector<CallbackEvent> events(ports::CallbackEventQuery query = {}) {
    query.service_id = endpoint_.service_id;
    return value_of(store().events(query));
  }
  std::vector<CallbackAttempt> attempts(ports::CallbackAttemptQuery query = {}) {
    query.service_id = endpoint_.service_id;
    return value_of(store().attempts(query));
  }
  CallbackSecret a_secret(Bytes key = "XKEYX-of-a-callback-of-a-service") {
    return {.id = Uuid::time_ordered(now(), random_),
            .endpoint = endpoint_,
            .kind = ports::CallbackKeyKind::v1,
            .key = std::move(key),
            .created_at = now(),
            .ends_at = {}};
  }
  ports::CallbackStore& store() { return db().callbacks(); }

  CallbackEndpoint endpoint_{new_id<ServiceId>(), CallbackType::delivery};
};
POSTROOM_CONTRACT_SUITE(CallbackContract);

TEST_P(CallbackContract, events_and_attempts_come_back_as_recorded) {
  CallbackEvent first = an_event();
  clock_.advance(1s);
  CallbackEvent second = an_event(CallbackState::held);
  second.endpoint.type = CallbackType::complaint;
  const auto recorded = record({{first, an_attempt(first)}, {second, {}}});
  ASSERT_EQ(recorded.events.size(), 2u);
  EXPECT_EQ(recorded.events[0].id, first.id);
  EXPECT_EQ(recorded.events[0].attempts, 1);
  EXPECT_EQ(recorded.events[1].attempts, 0);
  reopen();
  first.attempts = 1;
  EXPECT_EQ(events(), (std::vector{first, second}));
  EXPECT_EQ(attempts(), std::vector{an_attempt(first)});
  EXPECT_EQ(events({.type = CallbackType::complaint}), std::vector{second});
  EXPECT_EQ(events({.state = CallbackState::delivered}), std::vector{first});
  EXPECT_EQ(events({.since = second.happened_at}), std::vector{second});
  EXPECT_EQ(events({.id = first.id}), std::vector{first});
  EXPECT_EQ(events({.after_time = first.happened_at, .after_event = first.id}), std::vector{second});
  EXPECT_EQ(events({.limit = 1}), std::vector{first});
  EXPECT_TRUE(value_of(store().events({.service_id = new_id<ServiceId>()})).empty());
}

TEST_P(CallbackContract, attempts_are_counted_and_the_last_one_is_final) {
  CallbackEvent event = an_event(CallbackState::retrying);
  for (int i = 1; i <= 3; ++i) {
    const auto recorded = record({{event, an_attempt(event, CallbackOutcome::failing, 500 + i)}});
    EXPECT_EQ(recorded.events[0].attempts, i);
    EXPECT_EQ(recorded.events[0].state, i == 3 ? CallbackState::failed : CallbackState::retrying);
    clock_.advance(1s);
  }
  const auto made = attempts();
  ASSERT_EQ(made.size(), 3u);
  EXPECT_EQ(made[0].status, 503) << "newest first";
  EXPECT_EQ(attempts({.limit = 2}).size(), 2u);
  EXPECT_EQ(attempts({.since = made[1].at}).size(), 2u);
  EXPECT_EQ(attempts({.type = CallbackType::inbound}).size(), 0u);
  EXPECT_EQ(attempts({.event_id = new_id<CallbackEventId>()}).size(), 0u);
  event.state = CallbackState::delivered;
  EXPECT_EQ(record({{event, an_attempt(event)}}).events[0].state, CallbackState::delivered);
}

TEST_P(CallbackContract, a_replay_counts_anew_and_enqueues_its_tasks) {
  CallbackEvent event = an_event(CallbackState::failed);
  record({{event, an_attempt(event, CallbackOutcome::failing, 500)}});
  clock_.advance(1s);
  ports::NewTask task = a_task("callbacks");
  task.unique_key = "callback:1";
  value_of(store().replay(std::vector{event.id}, std::vector{task}, now()));
  value_of(store().replay(std::vector{event.id}, std::vector{task}, now()));
  EXPECT_EQ(events()[0].state, CallbackState::retrying);
  EXPECT_EQ(events()[0].attempts, 0);
  EXPECT_EQ(events()[0].changed_at, now());
  EXPECT_EQ(claim("callbacks").size(), 1u);
}

TEST_P(CallbackContract, an_endpoint_fails_since_its_first_failure_and_recovers) {
  EXPECT_EQ(value_of(store().state(endpoint_)).health, (ports::CallbackHealth{.endpoint = endpoint_}));
  const CallbackEndpoint other{endpoint_.service_id, CallbackType::inbound};
  const UtcTime first = now();
  auto health = record({}, {{.endpoint = endpoint_, .failures = 2, .at = first},
                            {.endpoint = other, .has_recovered = true, .at = first}})
                    .health;
  ASSERT_EQ(health.size(), 2u);
  EXPECT_EQ(health[0].failing_since, first);
  EXPECT_FALSE(health[1].failing_since);
  clock_.advance(1h);
  health = record({}, {{.endpoint = endpoint_, .failures = 3, .at = now()}}).health;
  EXPECT_EQ(health[0].failing_since, first);
  EXPECT_EQ(health[0].failures, 5);
  EXPECT_EQ(value_of(store().state(endpoint_)).health, health[0]);
  health = record({}, {{.endpoint = endpoint_, .has_recovered = true, .failures = 1, .at = now()}}).health;
  EXPECT_EQ(health[0].failing_since, now()) << "it recovered, then failed again";
  EXPECT_EQ(health[0].failures, 1);
  health = record({}, {{.endpoint = endpoint_, .has_recovered = true, .at = now()}}).health;
  EXPECT_FALSE(health[0].failing_since);
  EXPECT_EQ(health[0].failures, 0);
}

TEST_P(CallbackContract, it_is_switched_off_once_and_on_again) {
  const std::vector tasks{a_task("send-email")};
  EXPECT_TRUE(value_of(store().switch_off(endpoint_, now(), "first", tasks)));
  EXPECT_FALSE(value_of(store().switch_off(endpoint_, now() + 1h, "second", tasks)));
  EXPECT_EQ(claim("send-email").size(), 1u);
  const auto health = value_of(store().state(endpoint_)).health;
  EXPECT_EQ(health.off_since, now());
  EXPECT_EQ(health.off_reason, "first");
  record({}, {{.endpoint = endpoint_, .has_recovered = true, .at = now()}});
  EXPECT_TRUE(value_of(store().state(endpoint_)).health.off_since) << "a late good answer does not switch it on";
  EXPECT_TRUE(value_of(store().switch_on(endpoint_)));
  EXPECT_FALSE(value_of(store().switch_on(endpoint_)));
  EXPECT_EQ(value_of(store().state(endpoint_)).health, (ports::CallbackHealth{.endpoint = endpoint_}));
}

TEST_P(CallbackContract, of_many_at_once_one_switches_it_off) {
  std::atomic<int> first = 0;
  on_threads(8, [&](int) { first += value_of(store().switch_off(endpoint_, now(), "why", {})) ? 1 : 0; });
  EXPECT_EQ(first, 1);
}

TEST_P(CallbackContract, secrets_follow_each_other_with_an_overlap) {
  const auto old = a_secret("old key that is long enough");
  value_of(store().add_secret(old, {}));
  clock_.advance(1s);
  auto other_kind = a_secret("another kind of key");
  other_kind.kind = ports::CallbackKeyKind::v1a;
  value_of(store().add_secret(other_kind, now() + 1h));
  clock_.advance(1s);
  const auto fresh = a_secret("new key that is long enough");
  value_of(store().add_secret(fresh, now() + 24h));
  auto ended = old;
  ended.ends_at = now() + 24h;
  EXPECT_EQ(value_of(store().state(endpoint_)).secrets, (std::vector{fresh, other_kind, ended}));
  clock_.advance(1s);
  value_of(store().add_secret(a_secret(), now() + 48h));
  EXPECT_EQ(value_of(store().state(endpoint_)).secrets.back().ends_at, ended.ends_at) << "an end is not put off";
  EXPECT_EQ(error_kind(store().add_secret(a_secret(), {})), ErrorKind::conflict) << "four sign already";
  value_of(store().remove_secret(endpoint_, other_kind.id));
  EXPECT_EQ(error_kind(store().remove_secret(endpoint_, other_kind.id)), ErrorKind::not_found);
  EXPECT_EQ(error_kind(store().remove_secret({endpoint_.service_id, CallbackType::inbound}, fresh.id)),
            ErrorKind::not_found);
  EXPECT_EQ(value_of(store().state(endpoint_)).secrets.size(), 3u);
  EXPECT_TRUE(value_of(store().state({endpoint_.service_id, CallbackType::inbound})).secrets.empty());
}

TEST_P(CallbackContract, what_is_old_is_removed) {
  CallbackEvent old = an_event(), late = an_event();
  late.happened_at += 1h;
  auto late_attempt = an_attempt(late);
  late_attempt.at += 1h;
  record({{old, an_attempt(old)}, {late, late_attempt}});
  auto ended = a_secret();
  ended.ends_at = now();
  value_of(store().add_secret(ended, {}));
  value_of(store().add_secret(a_secret(), {}));
  EXPECT_EQ(value_of(store().remove_old(now(), now(), now())), 0);
  EXPECT_EQ(value_of(store().remove_old(now() + 1s, now(), now())), 1);
  EXPECT_EQ(events().size(), 1u);
  EXPECT_EQ(attempts().size(), 2u);
  EXPECT_EQ(value_of(store().remove_old(now(), now() + 1s, now() + 1s)), 2);
  EXPECT_EQ(attempts(), std::vector{late_attempt});
  EXPECT_EQ(value_of(store().state(endpoint_)).secrets.size(), 1u);
}

TEST_P(CallbackContract, bodies_and_keys_are_sealed_and_a_lost_key_is_told) {
  CallbackEvent event = an_event();
  record({{event, an_attempt(event)}});
  value_of(store().add_secret(a_secret(), {}));
  close();
  const std::string raw = backend().raw_bytes();
  EXPECT_EQ(raw.find("XPERSONALX"), std::string::npos);
  EXPECT_EQ(raw.find("XKEYX"), std::string::npos);
  reopen(value_of(KeyRing::rotate(key_ring_text_, random_)));
  EXPECT_EQ(events()[0].body, event.body);
  EXPECT_EQ(value_of(store().state(endpoint_)).secrets.size(), 1u);
  reopen(KeyRing::generate(random_));
  EXPECT_EQ(error_kind(store().events({.service_id = endpoint_.service_id})), ErrorKind::corrupt);
  EXPECT_EQ(error_kind(store().state(endpoint_)), ErrorKind::corrupt);
}

TEST_P(CallbackContract, workers_record_at_the_same_time) {
  on_threads(4, [&](int) {
    for (int i = 0; i < 10; ++i) {
      std::vector<CallbackRecord> records;
      for (int j = 0; j < 5; ++j) {
        CallbackEvent event = an_event();
        records.push_back({event, an_attempt(event)});
      }
      value_of(store().record(records, std::vector{ports::CallbackTally{endpoint_, false, 1, now()}}, 3));
    }
  });
  EXPECT_EQ(events().size(), 200u);
  EXPECT_EQ(value_of(store().state(endpoint_)).health.failures, 40);
}

}  // namespace postroom::contract
