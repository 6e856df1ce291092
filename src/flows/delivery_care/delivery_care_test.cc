// Over a real store, on a clock that stands still. Varied: states, ages at their limits, keys, channels, whether a
// task is waiting. What must hold: each age has its consequence, and no message gets a second task.
#include "flows/delivery_care/delivery_care.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/sqlite/open.h"
#include "adapters/sqlite/temporary_folder.h"
#include "base/log.h"
#include "ports/task_names.h"
#include "ports/testing_tickets.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using enum notifications::NotificationStatus;
using accounts::KeyType;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CareTest : public testing::Test {
 protected:
  CareTest() {
    set_log_sink([](std::string_view) {});
    database_ = std::move(
        *sqlite::open({.path = folder_ / "postroom.db", .key_ring = ring_, .random = random_, .clock = clock_}));
    service_.id = ServiceId{Uuid::random(random_)};
    service_.name = "Council";
    EXPECT_TRUE(database_->services().create(service_));
    callbacks_ = std::make_unique<DeliveryCallbacks>(database_->services());
    care_ = std::make_unique<DeliveryCare>(
        DeliveryCarePorts{database_->delivery_care(), database_->notifications(), database_->tasks(),
                          database_->state(), desk_, *callbacks_, clock_, zone_},
        DeliveryCareOptions{.raises_tickets = true, .environment_name = "test"});
  }
  ~CareTest() override { set_log_sink(nullptr); }

  NotificationId put(NotificationType type, NotificationStatus status, Duration age,
                     const std::function<void(Notification&)>& change = {},
                     std::vector<ports::NewTask> tasks = {}) {
    Notification n;
    n.created_at = clock_.now() - age;
    n.id = NotificationId{Uuid::time_ordered(n.created_at, random_)};
    n.service_id = service_.id;
    n.type = type;
    n.status = status;
    n.template_id = TemplateId{Uuid::random(random_)};
    n.to = "ann@example.org";
    n.personalisation = "{}";
    if (type == NotificationType::letter) {
      n.reference = n.id.text().substr(20, 16);
      n.postage = notifications::Postage::second;
    }
    if (change) change(n);
    for (ports::NewTask& task : tasks) task.subject = n.id.text();
    EXPECT_TRUE(database_->notifications().accept({n, tasks}));
    return n.id;
  }
  NotificationStatus status(NotificationId id) { return database_->notifications().find(id)->status; }
  std::vector<ports::ClaimedTask> claim(std::string_view queue) {
    return *database_->tasks().claim(queue, 100, clock_.now() + 1h, 1s, "test");
  }

  sqlite::TemporaryFolder folder_;
  SystemRandom random_;
  MovableClock clock_{*parse_rfc3339("2026-05-14T12:00:00Z")};
  TimeZone zone_ = *TimeZone::load("Europe/London");
  KeyRing ring_ = *KeyRing::parse(KeyRing::generate(random_));
  ports::testing::MemoryTicketDesk desk_;
  std::unique_ptr<ports::Database> database_;
  std::unique_ptr<DeliveryCallbacks> callbacks_;
  std::unique_ptr<DeliveryCare> care_;
  accounts::Service service_;
};

TEST_F(CareTest, X1_MessagesWithoutAReportForThreeDaysAreGivenUp) {
  ASSERT_TRUE(database_->services().set_callback(
      {service_.id, accounts::CallbackType::delivery, "https://svc.example/cb", "0123456789"}));
  std::vector<NotificationId> over{put(NotificationType::sms, sending, 72h + 1s),
                                   put(NotificationType::sms, pending, 100h),
                                   put(NotificationType::email, sending, 72h + 1s)};
  std::vector<std::pair<NotificationId, NotificationStatus>> stay{
      {put(NotificationType::sms, sending, 72h), sending},
      {put(NotificationType::sms, sending, 71h + 59min), sending},
      {put(NotificationType::sms, sent, 100h), sent},
      {put(NotificationType::sms, delivered, 100h), delivered},
      {put(NotificationType::sms, created, 100h), created},
      {put(NotificationType::letter, sending, 100h), sending},
      {put(NotificationType::sms, sending, 100h, [&](Notification& n) { n.scheduled_for = clock_.now() - 10h; }),
       sending}};
  EXPECT_EQ(*care_->time_out(), 3);
  for (NotificationId id : over) EXPECT_EQ(status(id), temporary_failure);
  for (const auto& [id, expected] : stay) EXPECT_EQ(status(id), expected);
  EXPECT_EQ(database_->notifications().events(over[0])->back().cause, "timeout");
  EXPECT_EQ(claim(ports::kCallbackQueue).size(), 3u);
  EXPECT_EQ(*care_->time_out(), 0);
  clock_.advance(24h);
  EXPECT_EQ(*care_->time_out(), 2) << "the next night";
  EXPECT_EQ(status(stay.back().first), sending);
  clock_.advance(48h);
  EXPECT_EQ(*care_->time_out(), 1) << "the one for a later time";
}

TEST_F(CareTest, X1_AMessageHandedOverLateIsStillFound) {
  const NotificationId late = put(NotificationType::sms, created, 100h);
  EXPECT_EQ(*care_->time_out(), 0);
  ASSERT_TRUE(*database_->notifications().move(
      {.id = late, .from = {created}, .to = sending, .at = clock_.now(), .cause = "provider.accepted"}));
  clock_.advance(24h);
  EXPECT_EQ(*care_->time_out(), 1);
}

TEST_F(CareTest, X1_MoreThanAPage) {
  for (int i = 0; i < kCarePage + 20; ++i) put(NotificationType::sms, sending, 73h);
  EXPECT_EQ(*care_->time_out(), kCarePage + 20);
}

TEST_F(CareTest, X3_MessagesThatLostTheirTaskGetOne) {
  const NotificationId text = put(NotificationType::sms, created, 1h + 1us);
  const NotificationId email = put(NotificationType::email, created, 6 * 24h);
  const NotificationId trial =
      put(NotificationType::sms, created, 2h, [](Notification& n) { n.key_type = KeyType::test; });
  put(NotificationType::sms, created, 1h);
  put(NotificationType::sms, created, 7 * 24h + 1s);
  put(NotificationType::sms, sending, 2h);
  put(NotificationType::letter, created, 2h);
  put(NotificationType::sms, created, 5h, [&](Notification& n) { n.scheduled_for = clock_.now() + 1h; });
  put(NotificationType::sms, created, 5h, [&](Notification& n) { n.scheduled_for = clock_.now() - 59min; });
  put(NotificationType::sms, created, 3h, {},
      {{.queue = std::string(ports::kSendSmsQueue),
        .kind = std::string(ports::kDeliverSms),
        .payload = {},
        .run_at = clock_.now() + 3min}});
  EXPECT_EQ(*care_->replay(), 3);
  auto texts = claim(ports::kSendSmsQueue);
  ASSERT_EQ(texts.size(), 2u) << "its own and the one that waits";
  auto emails = claim(ports::kSendEmailQueue);
  ASSERT_EQ(emails.size(), 1u);
  EXPECT_EQ(emails[0].subject, email.text());
  EXPECT_EQ(emails[0].kind, ports::kDeliverEmail);
  auto trials = claim(ports::kResearchQueue);
  ASSERT_EQ(trials.size(), 1u);
  EXPECT_EQ(trials[0].subject, trial.text());
  EXPECT_TRUE(texts[0].subject == text.text() || texts[1].subject == text.text());
  EXPECT_EQ(*care_->replay(), 0) << "they have tasks now";
}

TEST_F(CareTest, X3_AMessageThatLosesItsTaskAgainIsFoundAgain) {
  const NotificationId id = put(NotificationType::sms, created, 2h);
  EXPECT_EQ(*care_->replay(), 1);
  auto task = claim(ports::kSendSmsQueue).at(0);
  const ports::TaskSettlement done{.id = task.id, .attempt = task.attempt};
  ASSERT_TRUE(database_->tasks().settle(std::span(&done, 1)));
  clock_.advance(15min);
  put(NotificationType::sms, sending, 2h);
  EXPECT_EQ(*care_->replay(), 1);
  EXPECT_EQ(claim(ports::kSendSmsQueue).at(0).subject, id.text());
}

TEST_F(CareTest, ATicketComesWhenMessagesBeginToWait) {
  EXPECT_EQ(*care_->replay(), 0);
  EXPECT_THAT(desk_.tickets, IsEmpty());
  const NotificationId id = put(NotificationType::sms, created, 0h);
  put(NotificationType::email, created, 0h);
  clock_.advance(1h);
  ASSERT_TRUE(care_->replay());
  EXPECT_THAT(desk_.tickets, IsEmpty());
  clock_.advance(1s);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(care_->replay());
  ASSERT_EQ(desk_.tickets.size(), 1u);
  EXPECT_THAT(desk_.tickets[0].subject, HasSubstr("[test]"));
  EXPECT_THAT(desk_.tickets[0].message, HasSubstr("1 emails and 1 texts"));
  clock_.advance(7 * 24h);
  ASSERT_TRUE(care_->replay());
  put(NotificationType::sms, created, 0h);
  clock_.advance(2h);
  ASSERT_TRUE(care_->replay());
  EXPECT_EQ(desk_.tickets.size(), 2u) << "it was over in between";
  EXPECT_EQ(status(id), created);
}

TEST_F(CareTest, TheOldestOnesAreKept) {
  EXPECT_THAT(*care_->oldest(), IsEmpty());
  put(NotificationType::sms, created, 10min);
  put(NotificationType::sms, created, 20min);
  put(NotificationType::email, sending, 3h);
  put(NotificationType::email, delivered, 5h);
  put(NotificationType::sms, created, 5h, [&](Notification& n) { n.scheduled_for = clock_.now() + 1h; });
  ASSERT_TRUE(care_->measure());
  EXPECT_THAT(*care_->oldest(), ElementsAre(testing::Pair("email sending", clock_.now() - 3h),
                                            testing::Pair("sms created", clock_.now() - 20min)));
}

TEST_F(CareTest, TheDaysFigureCountsWhatLeftWithinTenSeconds) {
  auto sent_after = [&](Duration age, Duration took, KeyType key = KeyType::normal, bool by_api = true) {
    return put(NotificationType::sms, sending, age, [&](Notification& n) {
      n.sent_at = n.created_at + took;
      n.key_type = key;
      if (by_api) n.api_key_id = ApiKeyId{Uuid::random(random_)};
    });
  };
  // Midnight in London is 23:00 UTC: 13 hours ago.
  sent_after(13h, 10s);
  sent_after(12h, 10s + 1us);
  sent_after(11h, 1s, KeyType::team);
  sent_after(11h, 1s, KeyType::test);
  sent_after(11h, 1s, KeyType::normal, false);
  sent_after(13h + 1us, 1s);
  put(NotificationType::sms, created, 1h, [&](Notification& n) { n.api_key_id = ApiKeyId{Uuid::random(random_)}; });
  const Date today = *parse_date("2026-05-14");
  auto figures = *care_->figures(today, today);
  ASSERT_EQ(figures.size(), 2u);
  EXPECT_EQ(figures[1].quickness, (ports::Quickness{4, 2})) << "one has not left yet";
  EXPECT_EQ(figures[0].quickness, (ports::Quickness{0, 0})) << "emails";
  ASSERT_TRUE(care_->count_day(add_days(today, -1)));
  ASSERT_TRUE(care_->count_day(add_days(today, -1)));
  figures = *care_->figures(add_days(today, -3), today);
  ASSERT_EQ(figures.size(), 4u);
  EXPECT_EQ(figures[1], (ports::ProcessingTime{add_days(today, -1), NotificationType::sms, {1, 1}}));
}

}  // namespace
}  // namespace postroom::flows
