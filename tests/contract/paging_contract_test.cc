// Paging through a service's messages, varied by how many share a time, by page size and by filters, while others
// are stored. Every message that was there at the start comes exactly once, newest first.
#include <atomic>
#include <random>
#include <set>

#include "fixture.h"

namespace postroom::contract {

using ports::NotificationQuery;

class PagingContract : public StoreContract {
 protected:
  Notification one(UtcTime created_at, NotificationType type = NotificationType::sms) {
    Notification n = a_text(service_);
    // Ids are given out before the times they sort with: the order of ids says nothing.
    n.id = NotificationId(Uuid::random(random_));
    n.type = type;
    n.created_at = created_at;
    return n;
  }
  // In calls of accept_all.
  void store_all(const std::vector<Notification>& all) {
    std::vector<ports::Acceptance> batch;
    for (const Notification& n : all) {
      batch.push_back({.notification = n, .tasks = {}});
      if (batch.size() == 500 || &n == &all.back()) {
        value_of(db().notifications().accept_all(batch));
        batch.clear();
      }
    }
  }
  std::vector<NotificationId> page_through(NotificationQuery query, const std::function<void()>& between) {
    std::vector<NotificationId> seen;
    while (true) {
      std::vector<Notification> page = value_of(db().notifications().list(query));
      if (page.empty()) return seen;
      for (std::size_t i = 1; i < page.size(); ++i) {
        EXPECT_GT(std::tuple(page[i - 1].created_at, page[i - 1].id), std::tuple(page[i].created_at, page[i].id));
      }
      for (const Notification& n : page) seen.push_back(n.id);
      query.older_than = page.back().id;
      between();
    }
  }

  ServiceId service_ = new_id<ServiceId>();
};
POSTROOM_CONTRACT_SUITE(PagingContract);

TEST_P(PagingContract, every_row_comes_once_whatever_shares_its_time) {
  std::mt19937 random(20260302);
  for (int ties : {1, 2, 7, 400}) {
    std::vector<Notification> all;
    for (int i = 0; i < 400; ++i) all.push_back(one(now() + std::chrono::microseconds(i / ties)));
    std::shuffle(all.begin(), all.end(), random);
    store_all(all);
    std::sort(all.begin(), all.end(), [](const Notification& a, const Notification& b) {
      return std::tuple(a.created_at, a.id) > std::tuple(b.created_at, b.id);
    });
    for (int limit : {1, 3, 250}) {
      // Small pages of many rows take long and tell no more.
      if (limit == 1 && ties != 400) continue;
      EXPECT_EQ(page_through({.service_id = service_, .limit = limit}, [] {}), ids(all)) << ties << ' ' << limit;
    }
    service_ = new_id<ServiceId>();
  }
}

TEST_P(PagingContract, rows_that_come_meanwhile_neither_hide_nor_double_others) {
  std::vector<Notification> all;
  for (int i = 0; i < 300; ++i) all.push_back(one(now() + std::chrono::microseconds(i / 100)));
  store_all(all);
  std::set<NotificationId> late;
  // Newer ones, and ones of the very times that are being paged through.
  auto between = [&] {
    for (int i = -1; i < 5; ++i) {
      Notification n = one(now() + std::chrono::microseconds(i));
      late.insert(n.id);
      store_all({n});
    }
  };
  std::multiset<NotificationId> seen;
  for (NotificationId id : page_through({.service_id = service_, .limit = 20}, between)) seen.insert(id);
  for (const Notification& n : all) EXPECT_EQ(seen.count(n.id), 1U);
  for (NotificationId id : seen) EXPECT_EQ(seen.count(id), 1U);
}

TEST_P(PagingContract, holds_while_many_threads_store) {
  std::vector<Notification> all;
  for (int i = 0; i < 200; ++i) all.push_back(one(now()));
  store_all(all);
  std::atomic<bool> stop = false;
  std::vector<std::vector<Notification>> more(3);
  for (auto& list : more) {
    for (int i = 0; i < 300; ++i) list.push_back(one(now()));
  }
  std::vector<NotificationId> seen;
  on_threads(4, [&](int thread) {
    if (thread == 0) {
      seen = page_through({.service_id = service_, .limit = 10}, [] {});
      stop = true;
      return;
    }
    for (const Notification& n : more[static_cast<std::size_t>(thread - 1)]) {
      if (stop) return;
      value_of(db().notifications().accept({.notification = n, .tasks = {}}));
    }
  });
  std::multiset<NotificationId> counted(seen.begin(), seen.end());
  for (const Notification& n : all) EXPECT_EQ(counted.count(n.id), 1U);
  EXPECT_EQ(std::set<NotificationId>(seen.begin(), seen.end()).size(), seen.size());
}

TEST_P(PagingContract, filters_do_not_disturb_it) {
  std::vector<Notification> all;
  const JobId job = new_id<JobId>();
  for (int i = 0; i < 240; ++i) {
    Notification n = one(now() + std::chrono::microseconds(i / 60),
                         i % 2 == 0 ? NotificationType::sms : NotificationType::email);
    n.key_type = i % 3 == 0 ? accounts::KeyType::test : accounts::KeyType::normal;
    n.has_client_reference = i % 4 == 0;
    if (n.has_client_reference) n.client_reference = "batch";
    if (i % 5 == 0) {
      n.job_id = job;
      n.job_row = i;
    }
    all.push_back(n);
  }
  store_all(all);
  const NotificationQuery queries[] = {
      {.service_id = service_, .key_type = accounts::KeyType::test, .include_jobs = true, .limit = 7},
      {.service_id = service_, .types = {NotificationType::email}, .include_jobs = true, .limit = 7},
      {.service_id = service_, .client_reference = "batch", .include_jobs = true, .limit = 7},
      {.service_id = service_, .job_id = job, .limit = 7},
      {.service_id = service_, .limit = 7}};
  for (const NotificationQuery& query : queries) {
    std::set<NotificationId> expected;
    for (const Notification& n : all) {
      const bool fits = (!query.key_type || n.key_type == query.key_type) &&
                        (query.types.empty() || n.type == query.types[0]) &&
                        (!query.client_reference || n.has_client_reference) &&
                        (query.job_id ? n.job_id == query.job_id : query.include_jobs || !n.job_id);
      if (fits) expected.insert(n.id);
    }
    auto seen = page_through(query, [] {});
    EXPECT_EQ(std::set<NotificationId>(seen.begin(), seen.end()), expected);
    EXPECT_EQ(seen.size(), expected.size());
  }
}

}  // namespace postroom::contract
