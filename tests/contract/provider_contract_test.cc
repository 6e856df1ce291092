// ProviderStore and DeliveryCareStore.
#include "fixture.h"

namespace postroom::contract {

using ports::CreatedPlace;
using ports::HandOverNote;
using ports::PartOutcome;
using ports::PartsReport;
using ports::ProviderState;
using ports::Quickness;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class ProviderContract : public StoreContract {
 protected:
  ProviderState a_provider(std::string name, int share = 50) {
    return {.name = std::move(name), .share = share, .changed_at = from_micros(0), .changed_by = "settings"};
  }
  ProviderState changed(ProviderState state, int share) {
    state.share = share;
    ++state.version;
    state.changed_at = now();
    state.changed_by = "errors";
    state.reason = "51 errors";
    return state;
  }
  accounts::Service stored_service() {
    accounts::Service service = a_service();
    value_of(db().services().create(service));
    return service;
  }
  Notification text_of(ServiceId service, Duration age, NotificationStatus status,
                       const std::function<void(Notification&)>& change = {}) {
    Notification n = a_text(service);
    n.created_at = now() - age;
    n.status = status;
    if (change) change(n);
    return stored(std::move(n));
  }
};
POSTROOM_CONTRACT_SUITE(ProviderContract);

TEST_P(ProviderContract, providers_are_stored_once) {
  const std::vector<ProviderState> two{a_provider("mmg", 51), a_provider("firetext", 49)};
  value_of(db().providers().ensure_providers(two));
  const std::vector<ProviderState> again{a_provider("mmg", 1), a_provider("smpp", 2)};
  value_of(db().providers().ensure_providers(again));
  reopen();
  EXPECT_THAT(value_of(db().providers().providers()), ElementsAre(two[1], two[0], again[1]));
  EXPECT_THAT(value_of(db().providers().provider_history("mmg", 10)), ElementsAre(two[0]));
}

TEST_P(ProviderContract, changes_are_all_or_nothing_and_have_a_history) {
  const std::vector<ProviderState> two{a_provider("firetext", 49), a_provider("mmg", 51)};
  value_of(db().providers().ensure_providers(two));
  const std::vector<ProviderState> next{changed(two[0], 59), changed(two[1], 41)};
  EXPECT_TRUE(value_of(db().providers().change_providers(next)));
  EXPECT_FALSE(value_of(db().providers().change_providers(next))) << "somebody was faster";
  const std::vector<ProviderState> half{changed(next[0], 69), next[1]};
  EXPECT_FALSE(value_of(db().providers().change_providers(half)));
  EXPECT_THAT(value_of(db().providers().providers()), ElementsAre(next[0], next[1]));
  EXPECT_THAT(value_of(db().providers().provider_history("mmg", 10)), ElementsAre(next[1], two[1]));
  EXPECT_THAT(value_of(db().providers().provider_history("mmg", 1)), ElementsAre(next[1]));
  EXPECT_THAT(value_of(db().providers().provider_history("none", 10)), IsEmpty());
}

TEST_P(ProviderContract, of_many_at_once_one_change_wins) {
  const std::vector<ProviderState> two{a_provider("firetext", 49), a_provider("mmg", 51)};
  value_of(db().providers().ensure_providers(two));
  std::atomic<int> won = 0;
  on_threads(8, [&](int i) {
    const std::vector<ProviderState> mine{changed(two[1], i), changed(two[0], 100 - i)};
    if (value_of(db().providers().change_providers(mine))) ++won;
  });
  EXPECT_EQ(won.load(), 1);
  const auto after = value_of(db().providers().providers());
  EXPECT_EQ(after[0].share + after[1].share, 100);
}

TEST_P(ProviderContract, errors_count_in_their_window) {
  auto add = [&] { return value_of(db().providers().add_provider_error("mmg", now(), now() - 60s)); };
  EXPECT_EQ(add(), 1);
  clock_.advance(30s);
  EXPECT_EQ(add(), 2);
  EXPECT_EQ(value_of(db().providers().add_provider_error("firetext", now(), now() - 60s)), 1);
  clock_.advance(30s);
  EXPECT_EQ(add(), 2) << "the first was a minute ago";
}

TEST_P(ProviderContract, paces_count_slow_texts) {
  const ServiceId service = stored_service().id;
  auto handed = [&](std::string by, Duration ago, NotificationStatus status, std::optional<Duration> took) {
    return text_of(service, ago, status, [&](Notification& n) {
      n.sent_by = by;
      n.sent_at = n.created_at;
      if (took) n.updated_at = n.created_at + *took;
    });
  };
  using enum NotificationStatus;
  handed("mmg", 10min, delivered, 5min);
  handed("mmg", 10min, delivered, 5min - 1us);
  handed("mmg", 5min, sending, 0s);
  handed("mmg", 5min - 1us, pending, 4min);
  handed("mmg", 15min + 1us, sending, std::nullopt);
  handed("mmg", 10min, permanent_failure, 1s);
  handed("firetext", 15min, sending, std::nullopt);
  text_of(service, 10min, sending, [&](Notification& n) {
    n.sent_by = "mmg";
    n.sent_at = n.created_at;
    n.key_type = accounts::KeyType::test;
  });
  text_of(service, 10min, created);
  const auto paces = value_of(db().providers().provider_paces({now() - 15min, now(), 5min}));
  ASSERT_EQ(paces.size(), 2u);
  EXPECT_EQ(paces[0].provider, "firetext");
  EXPECT_EQ(std::pair(paces[0].texts, paces[0].slow), std::pair(1l, 1l));
  EXPECT_EQ(std::pair(paces[1].texts, paces[1].slow), std::pair(4l, 2l));
}

TEST_P(ProviderContract, a_hand_over_without_an_end_is_a_repeat) {
  const auto id = new_id<NotificationId>();
  EXPECT_EQ(value_of(db().providers().begin_hand_over(id, "mmg", now())), std::nullopt);
  const UtcTime first = now();
  clock_.advance(10s);
  reopen();
  EXPECT_EQ(value_of(db().providers().begin_hand_over(id, "firetext", now())),
            std::optional(HandOverNote{id, "mmg", first, 0}));
  EXPECT_THAT(value_of(db().providers().repeated_hand_overs(10)),
              ElementsAre(HandOverNote{id, "firetext", now(), 1}));
  value_of(db().providers().void_hand_over(id));
  EXPECT_EQ(value_of(db().providers().begin_hand_over(id, "mmg", now())), std::nullopt) << "surely not taken";
  EXPECT_THAT(value_of(db().providers().repeated_hand_overs(10)), ElementsAre(HandOverNote{id, "mmg", now(), 1}));
  value_of(db().providers().void_hand_over(new_id<NotificationId>()));
}

TEST_P(ProviderContract, parts_report_for_their_text) {
  const auto id = new_id<NotificationId>(), other = new_id<NotificationId>();
  const std::vector<std::string> names{"a", "b", "c"}, more{"d"};
  value_of(db().providers().add_parts(id, "smpp", names, now()));
  value_of(db().providers().add_parts(other, "smpp", more, now()));
  auto report = [&](std::string_view name, PartOutcome outcome, std::string_view provider = "smpp") {
    return value_of(db().providers().report_part(provider, name, outcome));
  };
  EXPECT_EQ(report("b", PartOutcome::delivered), std::optional(PartsReport{id, 2, 1, 0, 0}));
  EXPECT_EQ(report("b", PartOutcome::failed_for_good), std::optional(PartsReport{id, 2, 1, 0, 0}))
      << "the first counts";
  EXPECT_EQ(report("a", PartOutcome::failed_for_now), std::optional(PartsReport{id, 1, 1, 1, 0}));
  EXPECT_EQ(report("c", PartOutcome::failed_for_good), std::optional(PartsReport{id, 0, 1, 1, 1}));
  EXPECT_EQ(report("d", PartOutcome::delivered), std::optional(PartsReport{other, 0, 1, 0, 0}));
  EXPECT_EQ(report("x", PartOutcome::delivered), std::nullopt);
  EXPECT_EQ(report("a", PartOutcome::delivered, "http"), std::nullopt);
}

TEST_P(ProviderContract, parts_of_a_new_try_replace_those_that_nobody_reported) {
  const auto id = new_id<NotificationId>();
  const std::vector<std::string> first{"a", "b"}, second{"c", "d"};
  value_of(db().providers().add_parts(id, "smpp", first, now()));
  value_of(db().providers().add_parts(id, "smpp", second, now()));
  EXPECT_EQ(value_of(db().providers().report_part("smpp", "a", PartOutcome::delivered)), std::nullopt);
  EXPECT_EQ(value_of(db().providers().report_part("smpp", "c", PartOutcome::delivered)),
            std::optional(PartsReport{id, 1, 1, 0, 0}));
}

TEST_P(ProviderContract, the_last_parts_of_a_text_at_once_are_seen_by_one) {
  const auto id = new_id<NotificationId>();
  std::vector<std::string> names;
  for (int i = 0; i < 8; ++i) names.push_back("p" + std::to_string(i));
  value_of(db().providers().add_parts(id, "smpp", names, now()));
  std::atomic<int> complete = 0;
  on_threads(8, [&](int i) {
    auto report =
        value_of(db().providers().report_part("smpp", names[static_cast<std::size_t>(i)], PartOutcome::delivered));
    if (report && report->waiting == 0) ++complete;
  });
  EXPECT_GE(complete.load(), 1);
}

TEST_P(ProviderContract, old_notes_go) {
  const auto old = new_id<NotificationId>(), fresh = new_id<NotificationId>();
  const std::vector<std::string> name{"a"};
  value_of(db().providers().begin_hand_over(old, "mmg", now() - 1s));
  value_of(db().providers().add_parts(old, "smpp", name, now() - 1s));
  value_of(db().providers().begin_hand_over(fresh, "mmg", now()));
  EXPECT_EQ(value_of(db().providers().remove_old_hand_overs(now(), 10)), 2);
  EXPECT_EQ(value_of(db().providers().remove_old_hand_overs(now(), 10)), 0);
  EXPECT_TRUE(value_of(db().providers().begin_hand_over(fresh, "mmg", now())));
  EXPECT_FALSE(value_of(db().providers().begin_hand_over(old, "mmg", now())));
}

TEST_P(ProviderContract, waiting_and_unreported_messages_in_their_order) {
  using enum NotificationStatus;
  const ServiceId service = stored_service().id;
  const Notification first = text_of(service, 3h, created), second = text_of(service, 2h, created);
  const Notification email =
      text_of(service, 1h, created, [](Notification& n) { n.type = NotificationType::email; });
  const Notification way = text_of(service, 2h, sending), pend = text_of(service, 1h, pending);
  text_of(service, 2h, delivered);
  stored(a_letter(service));
  auto ids_of = [](const auto& rows) {
    std::vector<NotificationId> out;
    for (const auto& row : rows) out.push_back(row.place.id);
    return out;
  };
  auto& care = db().delivery_care();
  EXPECT_THAT(ids_of(value_of(care.waiting({}, now(), 10))), ElementsAre(first.id, second.id, email.id));
  EXPECT_THAT(ids_of(value_of(care.waiting({}, now(), 2))), ElementsAre(first.id, second.id));
  EXPECT_THAT(ids_of(value_of(care.waiting({first.created_at, first.id}, now(), 10))),
              ElementsAre(second.id, email.id));
  EXPECT_THAT(ids_of(value_of(care.waiting({}, second.created_at, 10))), ElementsAre(first.id));
  EXPECT_EQ(value_of(care.waiting({}, now(), 10)).back().type, NotificationType::email);
  EXPECT_THAT(ids_of(value_of(care.unreported({}, now(), 10))), ElementsAre(way.id, pend.id));
}

TEST_P(ProviderContract, messages_without_a_task) {
  const ServiceId service = stored_service().id;
  auto with_task = [&](std::string kind) {
    Notification n = a_text(service);
    ports::NewTask task = a_task("send-sms", n.id.text());
    task.kind = std::move(kind);
    return stored(n, {task}).id;
  };
  const NotificationId has = with_task("deliver-sms"), other = with_task("send-delivery-status");
  const NotificationId none = stored(a_text(service)).id;
  const std::vector<NotificationId> all{none, has, other};
  EXPECT_THAT(value_of(db().delivery_care().without_task(all)), ElementsAre(none, other));
  for (const auto& task : claim("send-sms")) {
    const ports::TaskSettlement buried{
        .id = task.id, .attempt = task.attempt, .outcome = ports::TaskSettlement::Outcome::bury, .reason = "no"};
    value_of(db().tasks().settle(std::span(&buried, 1)));
  }
  EXPECT_THAT(value_of(db().delivery_care().without_task(all)), ElementsAre(none, has, other));
}

TEST_P(ProviderContract, figures_of_a_day_are_counted_and_kept) {
  const ServiceId service = stored_service().id;
  auto sent = [&](Duration age, std::optional<Duration> took,
                  const std::function<void(Notification&)>& change = {}) {
    text_of(service, age, NotificationStatus::sending, [&](Notification& n) {
      n.api_key_id = new_id<ApiKeyId>();
      if (took) n.sent_at = n.created_at + *took;
      if (change) change(n);
    });
  };
  sent(1h, 10s);
  sent(1h, 10s + 1us);
  sent(1h, std::nullopt);
  sent(2h, 1s);
  sent(1h, 1s, [](Notification& n) { n.key_type = accounts::KeyType::test; });
  sent(1h, 1s, [](Notification& n) { n.api_key_id.reset(); });
  sent(1h, 1s, [&](Notification& n) { n.scheduled_for = now(); });
  auto& care = db().delivery_care();
  EXPECT_EQ(value_of(care.quickness(NotificationType::sms, now() - 1h, now(), 10s)), (Quickness{3, 1}));
  EXPECT_EQ(value_of(care.quickness(NotificationType::sms, now() - 3h, now() - 1h, 10s)), (Quickness{1, 1}));
  EXPECT_EQ(value_of(care.quickness(NotificationType::email, now() - 3h, now(), 10s)), (Quickness{0, 0}));

  const Date day = *parse_date("2026-03-02");
  const ports::ProcessingTime one{day, NotificationType::sms, {5, 4}}, two{day, NotificationType::email, {7, 7}};
  value_of(care.keep_processing_time({day, NotificationType::sms, {1, 1}}));
  value_of(care.keep_processing_time(one));
  value_of(care.keep_processing_time(two));
  EXPECT_THAT(value_of(care.processing_times(day, day)), ElementsAre(two, one));
  EXPECT_THAT(value_of(care.processing_times(add_days(day, 1), add_days(day, 9))), IsEmpty());
}

TEST_P(ProviderContract, parts_of_received_texts_wait_for_the_others) {
  auto part = [&](int number, std::string sender = "447900900123") {
    return ports::InboundPart{.provider = "smpp",
                              .number = "07123123123",
                              .sender = std::move(sender),
                              .reference = 9,
                              .parts = 2,
                              .part = number,
                              .created_at = now(),
                              .content = "Héllo " + std::to_string(number)};
  };
  auto& store = db().inbound_parts();
  const auto first = part(1), second = part(2);
  EXPECT_THAT(value_of(store.add_part(second)), ElementsAre(second));
  EXPECT_THAT(value_of(store.add_part(part(1, "447900900999"))), ElementsAre(part(1, "447900900999")));
  clock_.advance(1s);
  const auto late = part(1);
  reopen();
  auto& again = db().inbound_parts();
  EXPECT_THAT(value_of(again.add_part(late)), ElementsAre(late, second));
  EXPECT_THAT(value_of(again.add_part(part(1))), ElementsAre(late, second)) << "kept once";
  EXPECT_EQ(value_of(again.oldest_part(second.created_at)), std::nullopt);
  EXPECT_EQ(value_of(again.oldest_part(now()))->created_at, second.created_at);
  value_of(again.remove_parts(second));
  EXPECT_EQ(value_of(again.oldest_part(now() + 1h))->sender, "447900900999");
}

}  // namespace postroom::contract
