// Over a real store, on a clock that stands still. Varied: what the providers answer, how long texts take, who else
// changes shares. What must hold: shares move by errors and slowness, and back, each change has its cause, no text
// is given to a second provider in doubt, and every repeat is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "adapters/sqlite/open.h"
#include "adapters/sqlite/temporary_folder.h"
#include "base/log.h"
#include "flows/providers/text_router.h"
#include "ports/testing_tickets.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationStatus;
using ports::ProviderState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

enum class Mood { fine, away, cut, refuses };

class FakeGateway final : public ports::SmsGateway {
 public:
  explicit FakeGateway(std::string name) : name_(std::move(name)) {}
  Mood mood = Mood::fine;
  std::vector<std::string> taken;  // references
  int asked = 0;
  std::string_view name() const override { return name_; }
  ports::SmsResult send(const ports::SmsMessage& message) override {
    ++asked;
    switch (mood) {
      case Mood::away: return tl::unexpected(ports::SmsFailure(ErrorKind::retry_later, name_ + " is away", false));
      case Mood::refuses: return tl::unexpected(ports::SmsFailure(ErrorKind::rejected, name_ + " says no", false));
      case Mood::cut:
        taken.push_back(message.reference);
        return tl::unexpected(ports::SmsFailure(ErrorKind::retry_later, name_ + " broke off", true));
      case Mood::fine: break;
    }
    taken.push_back(message.reference);
    return ports::ProviderReceipt{name_, "p" + std::to_string(asked)};
  }

 private:
  std::string name_;
};

class ProvidersTest : public testing::Test {
 protected:
  ProvidersTest() {
    set_log_sink([](std::string_view) {});
    database_ = std::move(*sqlite::open(
        {.path = folder_ / "postroom.db", .key_ring = ring_, .random = system_random_, .clock = clock_}));
    keeper_ = std::make_unique<ShareKeeper>(
        ShareKeeperPorts{database_->providers(), database_->state(), desk_, clock_, metrics_},
        ShareKeeperOptions{
            .resting = {{"mmg", 51}, {"firetext", 49}}, .raises_tickets = true, .environment_name = "test"});
    EXPECT_TRUE(keeper_->ensure());
    std::vector<std::unique_ptr<ports::SmsGateway>> gateways;
    for (const char* name : {"mmg", "firetext"}) {
      auto gateway = std::make_unique<FakeGateway>(name);
      (gateways_[name]) = gateway.get();
      gateways.push_back(std::move(gateway));
    }
    router_ = std::make_unique<TextRouter>(
        std::move(gateways), TextRouterPorts{database_->providers(), database_->notifications(), *keeper_, clock_,
                                             clock_, random_, metrics_});
    service_.id = ServiceId{Uuid::random(system_random_)};
    service_.name = "Council";
    EXPECT_TRUE(database_->services().create(service_));
  }
  ~ProvidersTest() override { set_log_sink(nullptr); }

  FakeGateway& mmg() { return *gateways_.at("mmg"); }
  FakeGateway& firetext() { return *gateways_.at("firetext"); }
  int share(std::string_view name) {
    const auto states = *database_->providers().providers();
    for (const ProviderState& state : states) {
      if (state.name == name) return state.share;
    }
    return -1;
  }
  std::pair<int, int> shares() { return {share("mmg"), share("firetext")}; }

  NotificationId a_text(bool international = false) {
    Notification n;
    n.id = NotificationId{Uuid::time_ordered(clock_.now(), system_random_)};
    n.service_id = service_.id;
    n.template_id = TemplateId{Uuid::random(system_random_)};
    n.created_at = clock_.now();
    n.phone_prefix = "44";
    n.normalised_to = n.to = "447900900123";
    n.international = international;
    EXPECT_TRUE(database_->notifications().accept({n, {}}));
    return n.id;
  }
  ports::SmsResult send(NotificationId id, bool international = false) {
    return router_->send({.to = "447900900123",
                          .sender = "COUNCIL",
                          .text = "Hello",
                          .reference = id.text(),
                          .international = international});
  }
  // Handed over now; delivered after `took`, or never.
  void a_text_of(const std::string& provider, std::optional<Duration> took) {
    const NotificationId id = a_text();
    const UtcTime sent = clock_.now();
    EXPECT_TRUE(*database_->notifications().move({.id = id,
                                                  .from = {NotificationStatus::created},
                                                  .to = NotificationStatus::sending,
                                                  .at = sent,
                                                  .cause = "provider.accepted",
                                                  .sent_at = sent,
                                                  .sent_by = provider}));
    if (!took) return;
    EXPECT_TRUE(*database_->notifications().move({.id = id,
                                                  .from = {NotificationStatus::sending},
                                                  .to = NotificationStatus::delivered,
                                                  .at = sent + *took,
                                                  .cause = "receipt.delivered"}));
  }
  void texts_of(const std::string& provider, int count, std::optional<Duration> took) {
    for (int i = 0; i < count; ++i) a_text_of(provider, took);
  }
  std::vector<std::string> causes(std::string_view provider) {
    std::vector<std::string> out;
    const auto history = *database_->providers().provider_history(provider, 100);
    for (const ProviderState& state : history) out.push_back(state.changed_by);
    return out;
  }

  sqlite::TemporaryFolder folder_;
  SystemRandom system_random_;
  SeededRandom random_{17};
  MovableClock clock_{*parse_rfc3339("2026-05-14T12:00:00Z")};
  KeyRing ring_ = *KeyRing::parse(KeyRing::generate(system_random_));
  Metrics metrics_;
  ports::testing::MemoryTicketDesk desk_;
  std::unique_ptr<ports::Database> database_;
  std::unique_ptr<ShareKeeper> keeper_;
  std::map<std::string, FakeGateway*> gateways_;
  std::unique_ptr<TextRouter> router_;
  accounts::Service service_;
};

TEST_F(ProvidersTest, S5_1_TextsAreSharedOut) {
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(send(a_text()));
  EXPECT_NEAR(static_cast<double>(mmg().taken.size()), 510, 60);
  EXPECT_EQ(mmg().taken.size() + firetext().taken.size(), 1'000u);
}

TEST_F(ProvidersTest, AProviderThatSurelyHasItNotIsFollowedByTheNext) {
  mmg().mood = Mood::away;
  for (int i = 0; i < 20; ++i) {
    auto result = send(a_text());
    ASSERT_TRUE(result);
    EXPECT_EQ(result->provider, "firetext");
  }
  EXPECT_EQ(firetext().taken.size(), 20u);
  EXPECT_GT(mmg().asked, 0);
  EXPECT_THAT(*database_->providers().repeated_hand_overs(10), IsEmpty()) << "a failover is no repeat";
}

TEST_F(ProvidersTest, InDoubtNobodyElseIsAsked) {
  mmg().mood = firetext().mood = Mood::cut;
  const NotificationId id = a_text();
  auto result = send(id);
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().maybe_taken);
  EXPECT_EQ(mmg().asked + firetext().asked, 1);
  // The repeat is named, in its story and in the list.
  mmg().mood = firetext().mood = Mood::fine;
  ASSERT_TRUE(send(id));
  auto repeats = *database_->providers().repeated_hand_overs(10);
  ASSERT_EQ(repeats.size(), 1u);
  EXPECT_EQ(repeats[0].id, id);
  EXPECT_EQ(repeats[0].repeats, 1);
  auto events = *database_->notifications().events(id);
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().cause, "provider.asked_again");
  EXPECT_THAT(metrics_.text(), HasSubstr("postroom_texts_given_again_total"));
}

TEST_F(ProvidersTest, AProcessThatDiesAfterTheAnswerLeavesItsNote) {
  const NotificationId id = a_text();
  ASSERT_TRUE(send(id));
  // What came of it was never written down.
  ASSERT_TRUE(send(id));
  EXPECT_EQ(database_->providers().repeated_hand_overs(10)->size(), 1u);
}

TEST_F(ProvidersTest, ARefusalIsFinalAndNoErrorOfTheProvider) {
  mmg().mood = firetext().mood = Mood::refuses;
  for (int i = 0; i < 60; ++i) {
    auto result = send(a_text());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::rejected);
  }
  EXPECT_EQ(mmg().asked + firetext().asked, 60);
  EXPECT_EQ(shares(), std::pair(51, 49));
}

TEST_F(ProvidersTest, S5_1_OnlyActiveOnesAndThoseForAbroad) {
  ASSERT_TRUE(keeper_->set("mmg", {.is_international = false}));
  clock_.advance(11s);
  for (int i = 0; i < 20; ++i) ASSERT_EQ(send(a_text(true), true)->provider, "firetext");
  ASSERT_TRUE(keeper_->set("firetext", {.is_active = false}));
  clock_.advance(9s);
  EXPECT_TRUE(send(a_text(true), true)) << "the list is kept for ten seconds";
  clock_.advance(1s);
  auto result = send(a_text(true), true);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::retry_later);
  EXPECT_FALSE(result.error().maybe_taken);
  EXPECT_EQ(send(a_text())->provider, "mmg");
}

TEST_F(ProvidersTest, S5_3_TheFiftyFirstErrorInAMinuteMovesShares) {
  for (int i = 0; i < 50; ++i) {
    ASSERT_FALSE(*keeper_->note_error("mmg")) << i;
    clock_.advance(1s);
  }
  EXPECT_EQ(shares(), std::pair(51, 49));
  EXPECT_TRUE(*keeper_->note_error("mmg"));
  EXPECT_EQ(shares(), std::pair(41, 59));
  EXPECT_FALSE(*keeper_->note_error("mmg")) << "changed just now";
  EXPECT_THAT(causes("mmg"), ElementsAre("errors", "settings"));
  EXPECT_THAT(keeper_->in_use()->back().reason, HasSubstr("51 errors within 60 s"));
  // Fifty a minute are borne for ever.
  clock_.advance(1h);
  for (int i = 0; i < 200; ++i) {
    ASSERT_FALSE(*keeper_->note_error("mmg"));
    clock_.advance(1'200ms);
  }
}

TEST_F(ProvidersTest, S5_2_ASlowProviderLosesAStep) {
  texts_of("mmg", 17, 10s);
  texts_of("mmg", 2, 5min);
  a_text_of("mmg", std::nullopt);
  texts_of("firetext", 20, 10s);
  clock_.advance(5min - 1us);
  EXPECT_EQ(*keeper_->check_paces(), 0) << "2 of 20 so far: the last is not slow yet";
  clock_.advance(1us);
  EXPECT_EQ(*keeper_->check_paces(), 1) << "exactly 15 %";
  EXPECT_EQ(shares(), std::pair(41, 59));
  EXPECT_THAT(causes("firetext"), ElementsAre("slow delivery", "settings"));
  const std::string gauge = "postroom_provider_sms_not_delivered_within{provider_name=\"mmg\"} ";
  EXPECT_THAT(metrics_.text(), HasSubstr(gauge + "0.15"));
  clock_.advance(4min + 59s);
  EXPECT_EQ(*keeper_->check_paces(), 0);
  clock_.advance(1s);
  EXPECT_EQ(*keeper_->check_paces(), 1);
  EXPECT_EQ(shares(), std::pair(31, 69));
  clock_.advance(5min + 1us);
  EXPECT_EQ(*keeper_->check_paces(), 0) << "no text of the last 15 minutes";
  EXPECT_THAT(metrics_.text(), HasSubstr(gauge + "0\n"));
}

TEST_F(ProvidersTest, S5_4_SharesDriftBack) {
  ASSERT_TRUE(keeper_->set("mmg", {.share = 25}));
  ASSERT_TRUE(keeper_->set("firetext", {.share = 75}));
  std::vector<std::pair<int, int>> seen;
  for (int i = 0; i < 18; ++i) {
    clock_.advance(5min);
    ASSERT_TRUE(keeper_->step_to_rest());
    if (seen.empty() || seen.back() != shares()) seen.push_back(shares());
  }
  EXPECT_THAT(seen, ElementsAre(std::pair(25, 75), std::pair(35, 65), std::pair(45, 55), std::pair(51, 49)));
  EXPECT_THAT(causes("mmg"), ElementsAre("rest", "rest", "rest", "operator", "settings"));
}

TEST_F(ProvidersTest, S5_5_TheAlarmComesOnceAfterTenLooks) {
  texts_of("mmg", 9, 6min);
  texts_of("firetext", 90, 1s);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(keeper_->check_paces());
  EXPECT_THAT(*database_->state().get("sms.slow_delivery_times"), testing::AnyOf("0", std::nullopt)) << "9 of 99";
  texts_of("mmg", 2, 6min);
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(keeper_->check_paces());
  EXPECT_THAT(desk_.tickets, IsEmpty());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(keeper_->check_paces());
  ASSERT_EQ(desk_.tickets.size(), 1u);
  EXPECT_THAT(desk_.tickets[0].subject, HasSubstr("[test]"));
  clock_.advance(20min);
  ASSERT_TRUE(keeper_->check_paces());
  EXPECT_EQ(*database_->state().get("sms.slow_delivery_times"), "0") << "no traffic is no slow traffic";
}

TEST_F(ProvidersTest, S5_7_SettingByHand) {
  auto changed = keeper_->set("mmg", {.share = 70, .by = "ann", .reason = "contract"});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->version, 2);
  auto history = *database_->providers().provider_history("mmg", 100);
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0], *changed);
  EXPECT_EQ(history[1].share, 51);
  EXPECT_EQ(keeper_->set("mmg", {.share = 101}).error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(keeper_->set("mmg", {.share = -1}).error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(keeper_->set("o2", {.share = 1}).error().kind, ErrorKind::not_found);
}

TEST_F(ProvidersTest, TwoAtOnceMoveSharesOnce) {
  auto before = *database_->providers().providers();
  ProviderState mine = before[0];
  ++mine.version;
  mine.share = 1;
  ASSERT_TRUE(keeper_->set(mine.name, {.share = 2}));
  EXPECT_FALSE(*database_->providers().change_providers(std::span(&mine, 1)));
  EXPECT_EQ(share(mine.name), 2);
}

// An afternoon: one provider becomes slow, then fails, then recovers. Texts every five seconds; every minute and
// every five the schedules run, as in the program.
TEST_F(ProvidersTest, OneMadeSlowThenFailing_SharesMoveAndComeBack_NoTextIsLost) {
  std::deque<std::pair<NotificationId, UtcTime>> on_the_way;
  std::vector<NotificationId> waiting, all;
  auto deliver_due = [&] {
    while (!on_the_way.empty() && on_the_way.front().second <= clock_.now()) {
      EXPECT_TRUE(*database_->notifications().move({.id = on_the_way.front().first,
                                                    .from = {NotificationStatus::sending},
                                                    .to = NotificationStatus::delivered,
                                                    .at = clock_.now(),
                                                    .cause = "receipt.delivered"}));
      on_the_way.pop_front();
    }
  };
  auto minute = [&](int number, Duration mmg_takes, int texts = 1) {
    for (int i = 0; i < 12; ++i) {
      std::vector<NotificationId> now = std::move(waiting);
      waiting.clear();
      for (int text = 0; text < texts; ++text) {
        now.push_back(a_text());
        all.push_back(now.back());
      }
      for (NotificationId id : now) {
        auto result = send(id);
        if (!result) {
          waiting.push_back(id);
          continue;
        }
        EXPECT_TRUE(*database_->notifications().move({.id = id,
                                                      .from = {NotificationStatus::created},
                                                      .to = NotificationStatus::sending,
                                                      .at = clock_.now(),
                                                      .cause = "provider.accepted",
                                                      .sent_at = clock_.now(),
                                                      .sent_by = result->provider}));
        const Duration takes = result->provider == "mmg" ? mmg_takes : Duration{5s};
        auto place = std::find_if(on_the_way.begin(), on_the_way.end(),
                                  [&](const auto& other) { return other.second > clock_.now() + takes; });
        on_the_way.insert(place, {id, clock_.now() + takes});
      }
      clock_.advance(5s);
      deliver_due();
    }
    EXPECT_TRUE(keeper_->check_paces());
    if (number % 5 == 0) {
      EXPECT_TRUE(keeper_->step_to_rest());
    }
  };
  int number = 0;
  for (int i = 0; i < 20; ++i) minute(++number, 5s);
  EXPECT_EQ(shares(), std::pair(51, 49)) << "all well: nothing moves";
  for (int i = 0; i < 20; ++i) minute(++number, 8min);
  const int after_slow = share("mmg");
  EXPECT_LE(after_slow, 31) << "slow: away from it";
  EXPECT_GT(after_slow, 10) << "it still gets texts";
  // Now it fails as well; the other takes every text in the same call. Busy, so that it is over fifty errors a
  // minute.
  mmg().mood = Mood::away;
  for (int i = 0; i < 2; ++i) minute(++number, 8min, 40);
  EXPECT_THAT(waiting, IsEmpty());
  EXPECT_LT(share("mmg"), after_slow);
  EXPECT_GT(share("firetext"), 79);
  EXPECT_THAT(causes("mmg"), testing::Contains("errors"));
  for (int i = 0; i < 8; ++i) minute(++number, 8min);
  mmg().mood = Mood::fine;
  for (int i = 0; i < 150; ++i) minute(++number, 5s);
  EXPECT_EQ(shares(), std::pair(51, 49)) << "and back";

  clock_.advance(1h);
  deliver_due();
  EXPECT_THAT(waiting, IsEmpty());
  for (NotificationId id : all)
    ASSERT_EQ(database_->notifications().find(id)->status, NotificationStatus::delivered);
  std::vector<std::string> taken = mmg().taken;
  taken.insert(taken.end(), firetext().taken.begin(), firetext().taken.end());
  std::sort(taken.begin(), taken.end());
  EXPECT_EQ(taken.size(), all.size()) << "each once";
  EXPECT_EQ(std::adjacent_find(taken.begin(), taken.end()), taken.end());
  auto reasons = causes("mmg");
  for (const char* cause : {"slow delivery", "errors", "rest", "settings"})
    EXPECT_THAT(reasons, testing::Contains(cause)) << cause;
}

}  // namespace
}  // namespace postroom::flows
