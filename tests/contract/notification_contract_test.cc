// NotificationStore: every sentence of ports/notification_store.h.
#include "fixture.h"

namespace postroom::contract {

using notifications::NotificationEvent;
using ports::Acceptance;
using ports::NotificationQuery;
using ports::StatusMove;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class NotificationContract : public StoreContract {
 protected:
  ports::NotificationStore& store() { return db().notifications(); }
  StatusMove a_move(NotificationId id, NotificationStatus from, NotificationStatus to) {
    return {.id = id, .from = {from}, .to = to, .at = now(), .cause = "test", .detail = "why"};
  }
  std::vector<NotificationId> list(const NotificationQuery& query) { return ids(value_of(store().list(query))); }

  const ServiceId service_ = new_id<ServiceId>();
};
POSTROOM_CONTRACT_SUITE(NotificationContract);

TEST_P(NotificationContract, reads_back_every_member) {
  Notification full = a_letter(service_, Postage::rest_of_world);
  full.status = NotificationStatus::pending_virus_check;
  full.key_type = accounts::KeyType::test;
  full.api_key_id = new_id<ApiKeyId>();
  full.template_version = 12;
  full.job_id = new_id<JobId>();
  full.job_row = 0;
  full.client_reference = "ref \xC3\xA9";
  full.has_client_reference = true;
  full.billable_units = 3;
  full.international = true;
  full.phone_prefix = "1";
  full.rate_multiplier = 2.5;
  full.scheduled_for = now() + 24h;
  full.sent_at = now() + 1us;
  full.updated_at = now() + 2us;
  full.sent_by = "print";
  full.provider_reference = "P-1";
  full.reply_to = "reply@example.org";
  full.unsubscribe_url = "https://example.org/u";
  full.created_by_name = "Ann";
  const Notification bare = a_text(service_);
  Notification empty_reference = a_text(service_);
  empty_reference.has_client_reference = true;
  for (const Notification& n : {full, bare, empty_reference}) {
    EXPECT_EQ(value_of(store().find(stored(n).id)), n);
  }
  reopen();
  for (const Notification& n : {full, bare, empty_reference}) EXPECT_EQ(value_of(store().find(n.id)), n);
  EXPECT_EQ(error_kind(store().find(new_id<NotificationId>())), ErrorKind::not_found);
}

TEST_P(NotificationContract, accept_stores_row_and_tasks_together) {
  Notification n = stored(a_text(service_), {a_task("send", "one"), a_task("audit", "two")});
  EXPECT_THAT(subjects(claim("send")), ElementsAre("one"));
  EXPECT_THAT(subjects(claim("audit")), ElementsAre("two"));
  // A second time nothing is stored, its tasks neither.
  EXPECT_EQ(error_kind(store().accept({n, {a_task("send", "again")}})), ErrorKind::conflict);
  EXPECT_THAT(claim("send"), IsEmpty());
}

TEST_P(NotificationContract, accept_refuses_a_taken_reference_or_job_row) {
  Notification letter = stored(a_letter(service_));
  Notification same_reference = a_letter(service_);
  same_reference.reference = letter.reference;
  EXPECT_EQ(error_kind(store().accept({same_reference, {a_task()}})), ErrorKind::conflict);
  Notification row = a_text(service_);
  row.job_id = new_id<JobId>();
  row.job_row = 7;
  stored(row);
  Notification same_row = a_text(service_);
  same_row.job_id = row.job_id;
  same_row.job_row = 7;
  EXPECT_EQ(error_kind(store().accept({same_row, {a_task()}})), ErrorKind::conflict);
  EXPECT_THAT(claim("send"), IsEmpty());
  same_row.job_row = 8;
  stored(same_row);
  // Texts have no reference: two empty ones are no conflict.
  stored(a_text(service_));
  stored(a_text(service_));
}

TEST_P(NotificationContract, accept_refuses_a_priority_that_is_none) {
  auto task = a_task();
  task.priority = 10;
  EXPECT_EQ(error_kind(store().accept({a_text(service_), {task}})), ErrorKind::invalid_input);
}

TEST_P(NotificationContract, accept_all_stores_a_thousand_and_says_which_existed) {
  std::vector<Acceptance> acceptances;
  for (int i = 0; i < 1'000; ++i) acceptances.push_back({a_text(service_), {a_task("bulk", std::to_string(i))}});
  acceptances[1].notification.id = acceptances[0].notification.id;
  stored(acceptances[500].notification);
  auto outcome = value_of(store().accept_all(acceptances));
  ASSERT_EQ(outcome.size(), 1'000U);
  for (std::size_t i = 0; i < outcome.size(); ++i) EXPECT_EQ(outcome[i], i != 1 && i != 500) << i;
  EXPECT_EQ(value_of(db().tasks().counts(now())).at(0).due, 998);
  NotificationQuery query{.service_id = service_};
  EXPECT_EQ(value_of(store().count_by_status(query)).at(NotificationStatus::created), 999);
  acceptances.push_back({a_text(service_), {}});
  EXPECT_EQ(error_kind(store().accept_all(acceptances)), ErrorKind::invalid_input);
  EXPECT_THAT(value_of(store().accept_all({})), IsEmpty());
}

TEST_P(NotificationContract, accepts_of_many_threads_are_all_there_and_conflicts_spoil_nobody) {
  const Notification taken = stored(a_text(service_));
  std::atomic<int> conflicts = 0;
  on_threads(16, [&](int) {
    for (int i = 0; i < 20; ++i) {
      if (i % 5 == 4) {
        if (error_kind(store().accept({taken, {a_task()}})) == ErrorKind::conflict) ++conflicts;
        continue;
      }
      const Notification mine = a_text(service_);
      EXPECT_TRUE(store().accept({mine, {a_task()}}).has_value());
      // What was accepted is seen at once.
      EXPECT_TRUE(store().find(mine.id).has_value());
    }
  });
  EXPECT_EQ(conflicts, 16 * 4);
  EXPECT_EQ(value_of(store().count_by_status({.service_id = service_})).at(NotificationStatus::created),
            16 * 16 + 1);
  EXPECT_EQ(value_of(db().tasks().counts(now())).at(0).due, 16 * 16);
}

TEST_P(NotificationContract, finds_in_the_order_asked) {
  auto a = stored(a_letter(service_)), b = stored(a_letter(service_)), c = stored(a_letter(service_));
  const std::vector<NotificationId> wanted{c.id, new_id<NotificationId>(), a.id};
  EXPECT_THAT(value_of(store().find_all(wanted)), ElementsAre(c, a));
  const std::vector<std::string> references{b.reference, "NONE", a.reference, ""};
  EXPECT_THAT(value_of(store().find_by_references(references)), ElementsAre(b, a));
}

TEST_P(NotificationContract, lists_newest_first_and_pages_through_equal_times) {
  std::vector<NotificationId> expected;
  for (int i = 0; i < 30; ++i) {
    expected.push_back(stored(a_text(service_)).id);
    if (i % 10 == 9) clock_.advance(1s);
  }
  stored(a_text(new_id<ServiceId>()));
  std::ranges::sort(expected, [&](auto x, auto y) {
    const UtcTime tx = value_of(store().find(x)).created_at, ty = value_of(store().find(y)).created_at;
    return tx != ty ? tx > ty : x > y;
  });
  NotificationQuery query{.service_id = service_, .limit = 7};
  std::vector<NotificationId> seen;
  while (true) {
    auto page = list(query);
    if (page.empty()) break;
    seen.insert(seen.end(), page.begin(), page.end());
    query.older_than = page.back();
  }
  EXPECT_EQ(seen, expected);
  query.older_than = new_id<NotificationId>();
  EXPECT_THAT(list(query), IsEmpty());
  query.older_than = stored(a_text(new_id<ServiceId>())).id;
  EXPECT_THAT(list(query), IsEmpty());
}

TEST_P(NotificationContract, lists_by_each_filter) {
  Notification text = a_text(service_);
  text.client_reference = "r1";
  text.has_client_reference = true;
  Notification letter = a_letter(service_);
  letter.key_type = accounts::KeyType::test;
  letter.status = NotificationStatus::delivered;
  Notification in_job = a_text(service_);
  in_job.job_id = new_id<JobId>();
  in_job.job_row = 1;
  in_job.normalised_to = "447700900999";
  Notification empty_reference = a_text(service_);
  empty_reference.type = NotificationType::email;
  empty_reference.has_client_reference = true;
  empty_reference.normalised_to = "ann@example.org";
  for (const Notification& n : {text, letter, in_job, empty_reference}) stored(n);

  using Ids = std::vector<NotificationId>;
  const NotificationQuery all{.service_id = service_, .include_jobs = true};
  auto with = [&](auto change) {
    NotificationQuery query = all;
    change(query);
    auto found = list(query);
    std::ranges::sort(found);
    return found;
  };
  auto sorted = [](Ids wanted) { return std::ranges::sort(wanted), wanted; };
  EXPECT_EQ(with([](auto&) {}), sorted({text.id, letter.id, in_job.id, empty_reference.id}));
  EXPECT_EQ(with([](auto& q) { q.include_jobs = false; }), sorted({text.id, letter.id, empty_reference.id}));
  EXPECT_EQ(with([](auto& q) { q.key_type = accounts::KeyType::test; }), Ids{letter.id});
  EXPECT_EQ(with([](auto& q) { q.types = {NotificationType::letter, NotificationType::email}; }),
            sorted({letter.id, empty_reference.id}));
  EXPECT_EQ(with([](auto& q) { q.statuses = {NotificationStatus::delivered, NotificationStatus::sent}; }),
            Ids{letter.id});
  EXPECT_EQ(with([](auto& q) { q.client_reference = "r1"; }), Ids{text.id});
  EXPECT_EQ(with([](auto& q) { q.client_reference = ""; }), Ids{empty_reference.id});
  EXPECT_EQ(with([](auto& q) { q.to = "447900900123"; }), Ids{text.id});
  EXPECT_EQ(with([](auto& q) { q.to = "nobody"; }), Ids{});
  EXPECT_EQ(with([&](auto& q) {
              q.job_id = in_job.job_id;
              q.include_jobs = false;
            }),
            Ids{in_job.id});
  EXPECT_EQ(with([](auto& q) {
              q.to = "447900900123";
              q.client_reference = "r1";
              q.types = {NotificationType::sms};
              q.statuses = {NotificationStatus::created};
              q.key_type = accounts::KeyType::normal;
            }),
            Ids{text.id});
  EXPECT_EQ(with([](auto& q) { q.limit = 0; }), Ids{});
}

TEST_P(NotificationContract, counts_by_status_and_ignores_paging) {
  auto first = stored(a_text(service_));
  stored(a_text(service_));
  Notification sending = a_text(service_);
  sending.status = NotificationStatus::sending;
  stored(sending);
  NotificationQuery query{.service_id = service_, .older_than = first.id, .limit = 1};
  EXPECT_THAT(value_of(store().count_by_status(query)),
              ElementsAre(Pair(NotificationStatus::created, 2), Pair(NotificationStatus::sending, 1)));
  query.statuses = {NotificationStatus::sending};
  EXPECT_THAT(value_of(store().count_by_status(query)), ElementsAre(Pair(NotificationStatus::sending, 1)));
  EXPECT_THAT(value_of(store().count_by_status({.service_id = new_id<ServiceId>()})), IsEmpty());
}

TEST_P(NotificationContract, move_changes_row_writes_event_and_enqueues) {
  Notification n = stored(a_text(service_));
  clock_.advance(5s);
  StatusMove move = a_move(n.id, NotificationStatus::created, NotificationStatus::sending);
  move.sent_at = now();
  move.sent_by = "fire";
  move.provider_reference = "ref-1";
  move.billable_units = 4;
  move.tasks = {a_task("callbacks", "after")};
  EXPECT_TRUE(value_of(store().move(move)));
  n.status = NotificationStatus::sending;
  n.updated_at = n.sent_at = now();
  n.sent_by = "fire";
  n.provider_reference = "ref-1";
  n.billable_units = 4;
  EXPECT_EQ(value_of(store().find(n.id)), n);
  EXPECT_THAT(value_of(store().events(n.id)),
              ElementsAre(NotificationEvent{now(), NotificationStatus::sending, "test", "why"}));
  EXPECT_THAT(subjects(claim("callbacks")), ElementsAre("after"));

  // Whatever has no value stays; and from another state nothing happens.
  clock_.advance(5s);
  EXPECT_FALSE(value_of(store().move(move)));
  EXPECT_THAT(claim("callbacks"), IsEmpty());
  EXPECT_TRUE(value_of(store().move(a_move(n.id, NotificationStatus::sending, NotificationStatus::delivered))));
  n.status = NotificationStatus::delivered;
  n.updated_at = now();
  EXPECT_EQ(value_of(store().find(n.id)), n);
  EXPECT_EQ(value_of(store().events(n.id)).size(), 2U);
  EXPECT_FALSE(value_of(
      store().move(a_move(new_id<NotificationId>(), NotificationStatus::created, NotificationStatus::sending))));
  StatusMove from_nowhere = a_move(n.id, NotificationStatus::created, NotificationStatus::created);
  from_nowhere.from.clear();
  EXPECT_FALSE(value_of(store().move(from_nowhere)));
}

TEST_P(NotificationContract, move_can_set_one_fact_and_keep_the_others) {
  Notification n = a_text(service_);
  n.sent_by = "old";
  n.sent_at = now() - 1h;
  stored(n);
  StatusMove move = a_move(n.id, NotificationStatus::created, NotificationStatus::sending);
  move.provider_reference = "x";
  EXPECT_TRUE(value_of(store().move(move)));
  auto found = value_of(store().find(n.id));
  EXPECT_EQ(found.sent_by, "old");
  EXPECT_EQ(found.sent_at, n.sent_at);
  EXPECT_EQ(found.billable_units, n.billable_units);
  EXPECT_EQ(found.provider_reference, "x");
}

TEST_P(NotificationContract, of_many_movers_one_wins) {
  for (int round = 0; round < 10; ++round) {
    const Notification n = stored(a_text(service_));
    std::atomic<int> winners = 0;
    on_threads(8, [&](int i) {
      StatusMove move = a_move(n.id, NotificationStatus::created,
                               i % 2 == 0 ? NotificationStatus::delivered : NotificationStatus::technical_failure);
      move.tasks = {a_task("moved", n.id.text())};
      if (value_of(store().move(move))) ++winners;
    });
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(value_of(store().events(n.id)).size(), 1U);
    EXPECT_EQ(claim("moved").size(), 1U);
  }
}

TEST_P(NotificationContract, move_all_answers_for_each) {
  auto a = stored(a_text(service_)), b = stored(a_text(service_));
  std::vector<StatusMove> moves{a_move(a.id, NotificationStatus::created, NotificationStatus::sending),
                                a_move(b.id, NotificationStatus::sending, NotificationStatus::delivered),
                                a_move(a.id, NotificationStatus::sending, NotificationStatus::delivered)};
  EXPECT_THAT(value_of(store().move_all(moves)), ElementsAre(true, false, true));
  EXPECT_EQ(value_of(store().find(a.id)).status, NotificationStatus::delivered);
  EXPECT_EQ(value_of(store().find(b.id)).status, NotificationStatus::created);
  EXPECT_THAT(value_of(store().move_all({})), IsEmpty());
}

TEST_P(NotificationContract, update_sets_facts_without_a_move) {
  Notification n = stored(a_letter(service_));
  NotificationEvent event{now(), NotificationStatus::created, "pdf.rendered", "2 pages"};
  value_of(store().update({.id = n.id, .billable_units = 1, .event = event}));
  n.billable_units = 1;
  EXPECT_EQ(value_of(store().find(n.id)), n);
  value_of(store().update(
      {.id = n.id, .sent_at = now(), .sent_by = "p", .provider_reference = "q", .updated_at = now() + 1s}));
  n.sent_at = now();
  n.sent_by = "p";
  n.provider_reference = "q";
  n.updated_at = now() + 1s;
  EXPECT_EQ(value_of(store().find(n.id)), n);
  EXPECT_THAT(value_of(store().events(n.id)), ElementsAre(event));
  EXPECT_EQ(error_kind(store().update({.id = new_id<NotificationId>(), .event = event})), ErrorKind::not_found);
}

TEST_P(NotificationContract, events_come_oldest_first) {
  Notification n = stored(a_text(service_));
  const NotificationEvent late{now() + 2s, NotificationStatus::sending, "late", ""};
  const NotificationEvent early{now() + 1s, NotificationStatus::created, "early", ""};
  const NotificationEvent early_too{now() + 1s, NotificationStatus::created, "early too", "x"};
  for (const auto& event : {late, early, early_too}) value_of(store().add_event(n.id, event));
  EXPECT_THAT(value_of(store().events(n.id)), ElementsAre(early, early_too, late));
  EXPECT_EQ(error_kind(store().add_event(new_id<NotificationId>(), late)), ErrorKind::not_found);
  EXPECT_THAT(value_of(store().events(new_id<NotificationId>())), IsEmpty());
}

}  // namespace postroom::contract
