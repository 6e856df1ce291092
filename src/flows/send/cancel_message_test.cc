// Varied: a message's state, its time, the key that asks, and what happens in between. Only a message that nobody
// can be handing over may be taken back.
#include "flows/send/cancel_message.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "flows/send/acceptance.h"
#include "ports/testing_stores.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using accounts::KeyType;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;

class GivingBack final : public NoLimits {
 public:
  std::vector<ports::DailyUse> given_back;
  std::optional<ports::DailyUse> use_of(const accounts::Service&, KeyType, NotificationType type,
                                        bool international_sms) override {
    return ports::DailyUse{
        .day = {}, .channel = ports::daily_channel_of(type), .international_count = international_sms ? 1 : 0};
  }
  void give_back(ServiceId, const ports::DailyUse& use) override { given_back.push_back(use); }
};

class CancelTest : public testing::Test {
 protected:
  CancelTest() {
    set_log_sink([](std::string_view) {});
  }
  ~CancelTest() override { set_log_sink(nullptr); }

  Notification message(std::optional<Duration> ahead, NotificationStatus status = NotificationStatus::created) {
    Notification n;
    n.id = NotificationId{Uuid::random(random_)};
    n.status = status;
    n.created_at = clock_.now();
    if (ahead) n.scheduled_for = clock_.now() + *ahead;
    notifications_.put(n);
    return n;
  }
  Outcome<Notification> cancel(Notification n, KeyType key = KeyType::normal) {
    return cancel_message(context_, {.service = service_, .key_type = key, .key_id = std::nullopt}, std::move(n));
  }

  SeededRandom random_{7};
  MovableClock clock_{from_micros(1'770'000'000'000'000)};
  accounts::Service service_;
  ports::testing::MemoryTaskQueue tasks_;
  ports::testing::MemoryNotificationStore notifications_{tasks_};
  ports::testing::MemoryTemplateStore templates_;
  ports::testing::MemoryBlobStore blobs_;
  GivingBack limits_;
  TemplateCache cache_{templates_, clock_};
  SendContext context_{.template_store = templates_,
                       .notifications = notifications_,
                       .blobs = blobs_,
                       .templates = cache_,
                       .limits = limits_,
                       .documents = nullptr,
                       .clock = clock_,
                       .random = random_,
                       .options = {}};
};

TEST_F(CancelTest, UntilShortlyBeforeItsTime) {
  const std::pair<Duration, bool> cases[] = {
      {24h, true}, {kCancelMargin, true}, {kCancelMargin - 1us, false}, {0s, false}, {-1h, false}};
  for (auto [ahead, good] : cases) {
    Notification n = message(ahead);
    auto cancelled = cancel(n);
    ASSERT_EQ(cancelled.has_value(), good) << ahead.count();
    EXPECT_EQ(notifications_.at(n.id).status, good ? NotificationStatus::cancelled : NotificationStatus::created);
    if (!good) {
      EXPECT_EQ(cancelled.error().kind, RefusalKind::conflict);
      continue;
    }
    EXPECT_EQ(cancelled->status, NotificationStatus::cancelled);
    EXPECT_EQ(cancelled->updated_at, clock_.now());
    EXPECT_EQ(notifications_.events(n.id)->at(0).cause, "cancelled.by_service");
  }
}

TEST_F(CancelTest, AgainChangesNothing) {
  Notification n = message(1h);
  ASSERT_TRUE(cancel(n));
  clock_.advance(10min);
  auto again = cancel(notifications_.at(n.id));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->updated_at, n.created_at);
  // Two who saw it waiting: both have what they asked for.
  EXPECT_TRUE(cancel(n));
  EXPECT_EQ(notifications_.events(n.id)->size(), 1u);
}

TEST_F(CancelTest, ItsPlaceInTheDayIsGivenBackOnce) {
  const Date day{std::chrono::floor<std::chrono::days>(clock_.now())};
  for (const char* prefix : {"44", "1415"}) {
    Notification n = message(20h);
    n.phone_prefix = prefix;
    notifications_.put(n);
    limits_.given_back.clear();
    ASSERT_TRUE(cancel(n));
    ASSERT_TRUE(cancel(n));
    ASSERT_EQ(limits_.given_back.size(), 1u);
    EXPECT_EQ(limits_.given_back[0].day, day);
    EXPECT_EQ(limits_.given_back[0].count, 1);
    EXPECT_EQ(limits_.given_back[0].international_count, std::string_view(prefix) == "44" ? 0 : 1);
  }
}

TEST_F(CancelTest, OnlyWhatWaitsForItsTime) {
  for (NotificationStatus status : notifications::all_statuses()) {
    for (std::optional<Duration> ahead : {std::optional<Duration>(1h), std::optional<Duration>()}) {
      bool good = (status == NotificationStatus::created && ahead) || status == NotificationStatus::cancelled;
      auto cancelled = cancel(message(ahead, status));
      EXPECT_EQ(cancelled.has_value(), good) << to_string(status);
      if (!cancelled) {
        EXPECT_EQ(cancelled.error().kind, RefusalKind::conflict);
      }
    }
  }
}

TEST_F(CancelTest, NotWhatHasMovedOnSinceItWasLookedAt) {
  Notification n = message(1h);
  notifications_.at(n.id).status = NotificationStatus::sending;
  auto cancelled = cancel(n);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().kind, RefusalKind::conflict);
  EXPECT_EQ(notifications_.at(n.id).status, NotificationStatus::sending);
}

TEST_F(CancelTest, WithAKeyOfItsKindOnly) {
  Notification n = message(1h);
  for (KeyType other : {KeyType::team, KeyType::test}) {
    auto refused = cancel(n, other);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, RefusalKind::forbidden);
  }
  EXPECT_EQ(notifications_.at(n.id).status, NotificationStatus::created);
}

TEST_F(CancelTest, TroubleWithTheStoreIsSaid) {
  Notification n = message(1h);
  notifications_.move_fault.count = 1;
  EXPECT_EQ(cancel(n).error().kind, RefusalKind::unavailable);
  notifications_.find_fault = {.count = 1, .error = {ErrorKind::corrupt, "x"}};
  EXPECT_EQ(cancel(n).error().kind, RefusalKind::internal);
}

TEST_F(CancelTest, TheFirstTaskIsDueWhenTheMessageIs) {
  EXPECT_EQ(first_task(message(1h)).run_at, clock_.now() + 1h);
  EXPECT_EQ(first_task(message(std::nullopt)).run_at, clock_.now());
}

}  // namespace
}  // namespace postroom::flows
