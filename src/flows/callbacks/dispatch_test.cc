// Requests are held by a sender and answered by hand. Varied: what is claimed, what is answered, how an endpoint
// stands. What must hold: every task is settled once, what was answered is recorded, and a receiver in trouble
// costs nobody else anything.
#include "flows/callbacks/dispatch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "flows/callbacks/delivery_callback.h"
#include "flows/callbacks/webhook_signature.h"
#include "ports/task_names.h"
#include "ports/testing_callbacks.h"
#include "ports/testing_stores.h"

namespace postroom::flows {
namespace {

using accounts::CallbackType;
using ports::CallbackOutcome;
using ports::CallbackState;
using Outcome = ports::TaskSettlement::Outcome;
using namespace std::chrono_literals;

class DispatchTest : public testing::Test {
 protected:
  ServiceId a_service(int number) {
    return *ServiceId::parse(fmt::format("0190a6f0-0000-7000-8000-{:012}", number));
  }
  ports::ClaimedTask a_task(int service, std::string_view subject, std::string_view queue = ports::kCallbackQueue) {
    const CallbackSnapshot snapshot{
        .id = callback_event_id(ports::kSendDeliveryStatus, subject, fmt::format("{}", service)),
        .endpoint = {a_service(service), CallbackType::delivery},
        .subject = std::string(subject),
        .url = fmt::format("https://{}.example/cb", service),
        .token = "0123456789",
        .body = fmt::format("{{\"id\":\"{}\"}}", subject),
        .happened_at = clock_.now()};
    const ports::NewTask made = snapshot_task(ports::kSendDeliveryStatus, snapshot);
    return claimed(made, queue);
  }
  ports::ClaimedTask claimed(const ports::NewTask& made, std::string_view queue = ports::kCallbackQueue) {
    return {.id = TaskId{Uuid::random(random_)},
            .queue = std::string(queue),
            .kind = made.kind,
            .subject = made.subject,
            .payload = made.payload,
            .attempt = ++claims_,
            .enqueued_at = clock_.now(),
            .lease_until = clock_.now() + 60s};
  }
  void take(std::vector<ports::ClaimedTask> tasks) { dispatch_.take(std::move(tasks)); }
  void take(ports::ClaimedTask task) {
    std::vector<ports::ClaimedTask> one;
    one.push_back(std::move(task));
    take(std::move(one));
  }
  std::vector<ports::TaskSettlement> collect() { return dispatch_.collect(0s); }
  ports::TaskSettlement only_settlement() {
    auto all = collect();
    EXPECT_EQ(all.size(), 1u);
    return all.empty() ? ports::TaskSettlement{} : all.front();
  }
  static std::string header(const ports::HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers)
      if (key == name) return value;
    return "";
  }

  MovableClock clock_{from_micros(1'772'442'900'000'000)};
  MovableClock wall_{from_micros(1'700'000'000'000'000)};
  SeededRandom random_{1};
  Metrics metrics_;
  ports::testing::MemoryTaskQueue tasks_;
  ports::testing::MemoryServiceStore services_;
  ports::testing::MemoryCallbackStore callbacks_;
  ports::testing::MemoryInboundTexts texts_;
  ports::testing::MemoryNotificationStore notifications_{tasks_};
  ports::testing::HeldSender sender_;
  std::vector<std::string> notices_;
  CallbackDispatch dispatch_{{.services = services_,
                              .callbacks = callbacks_,
                              .texts = texts_,
                              .notifications = notifications_,
                              .sender = sender_,
                              .clock = clock_,
                              .wall = wall_,
                              .random = random_,
                              .metrics = metrics_,
                              .notices = [this](const ports::CallbackEndpoint&, std::string_view why) {
                                notices_.emplace_back(why);
                                return std::vector<ports::NewTask>(2);
                              }}};
  int claims_ = 0;
};

TEST_F(DispatchTest, CB1_PostsTheSnapshotWithTokenIdAndTime) {
  const auto task = a_task(1, "s");
  take(task);
  ASSERT_EQ(sender_.open.size(), 1u);
  wall_.advance(1h);
  const ports::HttpRequest request = sender_.answer(204);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://1.example/cb");
  EXPECT_EQ(request.body, R"({"id":"s"})");
  EXPECT_EQ(header(request, "Content-Type"), "application/json");
  EXPECT_EQ(header(request, "Authorization"), "Bearer 0123456789");
  EXPECT_EQ(header(request, "webhook-id"), webhook_id(callback_event_id(ports::kSendDeliveryStatus, "s", "1")));
  EXPECT_EQ(header(request, "webhook-timestamp"), "1700000000") << "real time, of when it was sent";
  EXPECT_EQ(header(request, "webhook-signature"), "") << "there is no secret";
  EXPECT_EQ(request.timeout, 5s);
  const auto settled = only_settlement();
  EXPECT_EQ(settled.id, task.id);
  EXPECT_EQ(settled.attempt, task.attempt);
  EXPECT_EQ(settled.outcome, Outcome::finish);
  ASSERT_EQ(callbacks_.made.size(), 1u);
  EXPECT_EQ(callbacks_.made[0].outcome, CallbackOutcome::delivered);
  EXPECT_EQ(callbacks_.made[0].status, 204);
  EXPECT_EQ(callbacks_.made[0].milliseconds, 5);
  ASSERT_EQ(callbacks_.stored.size(), 1u);
  const auto& event = callbacks_.stored.begin()->second;
  EXPECT_EQ(event.state, CallbackState::delivered);
  EXPECT_EQ(event.body, request.body);
  EXPECT_TRUE(collect().empty());
}

TEST_F(DispatchTest, OldAndNewSecretSign) {
  SeededRandom random(8);
  for (std::optional<UtcTime> ends_at : {std::optional<UtcTime>{}, std::optional(clock_.now() + 1h)}) {
    callbacks_.secrets.push_back({.id = {},
                                  .endpoint = {a_service(1), CallbackType::delivery},
                                  .kind = ports::CallbackKeyKind::v1,
                                  .key = random.bytes(32),
                                  .created_at = clock_.now(),
                                  .ends_at = ends_at});
  }
  take(a_task(1, "s"));
  auto request = sender_.answer(200);
  const std::string both = header(request, "webhook-signature");
  EXPECT_EQ(both, webhook_signatures(callbacks_.secrets, clock_.now(), header(request, "webhook-id"),
                                     header(request, "webhook-timestamp"), request.body));
  EXPECT_EQ(std::count(both.begin(), both.end(), ','), 2);
  clock_.advance(1h);
  take(a_task(1, "t"));
  const std::string one = header(sender_.answer(200), "webhook-signature");
  EXPECT_EQ(std::count(one.begin(), one.end(), ','), 1);
}

TEST_F(DispatchTest, CB4_IsTriedSixTimesInTheQueueOfRetries) {
  for (int attempt = 1; attempt <= 6; ++attempt) {
    take(a_task(1, "s", attempt == 1 ? ports::kCallbackQueue : ports::kCallbackRetryQueue));
    ASSERT_EQ(sender_.open.size(), 1u) << attempt;
    sender_.answer(attempt % 2 == 0 ? Result<ports::HttpResponse>(fail(ErrorKind::retry_later, "no answer"))
                                    : Result<ports::HttpResponse>(ports::HttpResponse{500, {}, {}}));
    const auto settled = only_settlement();
    const bool is_last = attempt == 6;
    EXPECT_EQ(settled.outcome, is_last ? Outcome::finish : Outcome::retry);
    EXPECT_EQ(callbacks_.stored.begin()->second.state, is_last ? CallbackState::failed : CallbackState::retrying);
    if (is_last) break;
    EXPECT_EQ(settled.retry_queue, ports::kCallbackRetryQueue);
    EXPECT_GE(settled.retry_at, clock_.now() + 290s);
    EXPECT_LE(settled.retry_at, clock_.now() + 300s);
    clock_.set(settled.retry_at);
  }
  EXPECT_EQ(callbacks_.made.size(), 6u);
  EXPECT_EQ(callbacks_.stored.begin()->second.attempts, 6);
}

TEST_F(DispatchTest, CB3_OtherAnswersAreFinalAndKept) {
  for (int status : {302, 400, 404}) {
    take(a_task(status, "s"));
    sender_.answer(status);
    EXPECT_EQ(only_settlement().outcome, Outcome::finish);
  }
  for (const auto& [id, event] : callbacks_.stored) EXPECT_EQ(event.state, CallbackState::failed);
  EXPECT_EQ(callbacks_.stored.size(), 3u);
  EXPECT_TRUE(notices_.empty());
}

TEST_F(DispatchTest, RetryAfterIsHonouredForAllOfTheReceiver) {
  take(a_task(1, "s"));
  sender_.answer(ports::HttpResponse{429, {{"Retry-After", "600"}}, {}});
  EXPECT_EQ(only_settlement().retry_at, clock_.now() + 600s);
  take(a_task(1, "t"));
  EXPECT_TRUE(sender_.open.empty());
  const auto put_off = only_settlement();
  EXPECT_EQ(put_off.outcome, Outcome::retry);
  EXPECT_GE(put_off.retry_at, clock_.now() + 600s);
  EXPECT_EQ(put_off.retry_queue, ports::kCallbackRetryQueue);
  EXPECT_EQ(callbacks_.made.size(), 1u);
}

TEST_F(DispatchTest, GoneSwitchesTheEndpointOffAndTellsItsManagersOnce) {
  take({a_task(1, "s"), a_task(1, "t")});
  sender_.answer(410);
  sender_.answer(410);
  for (const auto& settled : collect()) EXPECT_EQ(settled.outcome, Outcome::finish);
  const ports::CallbackEndpoint endpoint{a_service(1), CallbackType::delivery};
  EXPECT_EQ(callbacks_.health[endpoint].off_since, clock_.now());
  EXPECT_THAT(callbacks_.health[endpoint].off_reason, testing::HasSubstr("410"));
  EXPECT_EQ(notices_.size(), 1u);
  EXPECT_EQ(callbacks_.enqueued.size(), 2u);
  take(a_task(1, "u"));
  EXPECT_TRUE(sender_.open.empty());
  EXPECT_EQ(only_settlement().outcome, Outcome::finish);
  EXPECT_EQ(callbacks_.stored.size(), 3u);
  for (const auto& [id, event] : callbacks_.stored) EXPECT_EQ(event.state, CallbackState::held);
  ASSERT_TRUE(*callbacks_.switch_on(endpoint));
  dispatch_.forget(endpoint);
  take(a_task(1, "v"));
  EXPECT_EQ(sender_.open.size(), 1u);
}

TEST_F(DispatchTest, LongFailureSwitchesOffAndAGoodAnswerForgivesIt) {
  const ports::CallbackEndpoint endpoint{a_service(1), CallbackType::delivery};
  auto fail_for_days = [&](int attempts, Duration step) {
    for (int i = 0; i < attempts && !callbacks_.health[endpoint].off_since; ++i) {
      take(a_task(1, fmt::format("{}", claims_)));
      ASSERT_EQ(sender_.open.size(), 1u);
      sender_.answer(500);
      collect();
      clock_.advance(step);
    }
  };
  fail_for_days(12, 6h);
  EXPECT_FALSE(callbacks_.health[endpoint].off_since) << "not three days yet";
  take(a_task(1, "good"));
  sender_.answer(200);
  collect();
  EXPECT_EQ(callbacks_.health[endpoint].failures, 0);
  EXPECT_FALSE(callbacks_.health[endpoint].failing_since);
  fail_for_days(11, 7h);
  EXPECT_FALSE(callbacks_.health[endpoint].off_since) << "not often enough";
  fail_for_days(1, 7h);
  EXPECT_TRUE(callbacks_.health[endpoint].off_since);
  ASSERT_EQ(notices_.size(), 1u);
  EXPECT_THAT(notices_[0], testing::HasSubstr("12 attempts"));
}

TEST_F(DispatchTest, ADeadReceiverHasFewInFlightAndIsThenLeftAlone) {
  std::vector<ports::ClaimedTask> all;
  for (int i = 0; i < 50; ++i) all.push_back(a_task(1, fmt::format("dead {}", i)));
  for (int i = 0; i < 3; ++i) all.push_back(a_task(2, fmt::format("well {}", i)));
  take(std::move(all));
  ASSERT_EQ(sender_.open.size(), static_cast<std::size_t>(kInFlightFirst) + 3);
  std::ranges::stable_partition(sender_.open,
                                [](const auto& r) { return r.request.url.starts_with("https://1."); });
  for (int i = 0; i < kInFlightFirst; ++i)
    sender_.answer(Result<ports::HttpResponse>(fail(ErrorKind::retry_later, "no answer")), 5s);
  EXPECT_EQ(sender_.open.size(), 3u) << "nothing more goes to it";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sender_.answer(200).url, "https://2.example/cb");
  const auto settled = collect();
  EXPECT_EQ(settled.size(), 53u);
  EXPECT_EQ(std::ranges::count(settled, Outcome::retry, &ports::TaskSettlement::outcome), 50);
  EXPECT_EQ(callbacks_.made.size(), static_cast<std::size_t>(kInFlightFirst) + 3);
  // Later one of them looks whether it is back.
  clock_.advance(20s);
  take({a_task(1, "probe", ports::kCallbackRetryQueue), a_task(1, "other", ports::kCallbackRetryQueue)});
  ASSERT_EQ(sender_.open.size(), 1u);
  EXPECT_EQ(only_settlement().outcome, Outcome::retry);
  sender_.answer(200);
  collect();
  take({a_task(1, "x"), a_task(1, "y"), a_task(1, "z")});
  EXPECT_EQ(sender_.open.size(), 2u) << "it grows from one";
}

TEST_F(DispatchTest, WhatAReceiverCannotTakeSoonComesBackAsItHasTakenTheOthers) {
  take(a_task(1, "first"));
  sender_.answer(ports::HttpResponse{200, {}, {}}, 400ms);
  collect();
  std::vector<ports::ClaimedTask> heap;
  for (int i = 0; i < 40; ++i) heap.push_back(a_task(1, fmt::format("{}", i)));
  take(std::move(heap));
  const auto settled = collect();
  ASSERT_EQ(settled.size(), 40 - kSoonMin) << "some wait here";
  // Five at once, each of 400 ms.
  for (std::size_t i = 0; i < settled.size(); ++i) {
    EXPECT_EQ(settled[i].outcome, Outcome::retry);
    EXPECT_EQ(settled[i].retry_queue, ports::kCallbackRetryQueue);
    EXPECT_EQ(settled[i].retry_at, clock_.now() + 1s + i * 80ms);
  }
}

// As after a start: nobody has been heard of yet, but it is known who was failing.
TEST_F(DispatchTest, ManyThatWereFailingBeforeAStartDoNotHoldUpThoseThatWereWell) {
  constexpr int kDead = 600;
  std::vector<ports::ClaimedTask> all;
  for (int i = 1; i <= kDead; ++i) {
    const ports::CallbackEndpoint endpoint{a_service(i), CallbackType::delivery};
    callbacks_.health[endpoint].endpoint = endpoint;
    callbacks_.health[endpoint].failing_since = clock_.now() - 1h;
    all.push_back(a_task(i, "dead"));
  }
  take(std::move(all));
  const std::size_t dead_in_flight = sender_.open.size();
  EXPECT_LT(dead_in_flight, static_cast<std::size_t>(kDead)) << "all of them at once would show nothing";
  take(a_task(kDead + 1, "well"));
  ASSERT_EQ(sender_.open.size(), dead_in_flight + 1);
  EXPECT_EQ(sender_.open.back().request.url, fmt::format("https://{}.example/cb", kDead + 1));
}

TEST_F(DispatchTest, WhoHasJustShownThatItIsWellDoesNotStandBehindTheOthers) {
  take(a_task(1, "first"));
  std::vector<ports::ClaimedTask> all;
  for (int i = 2; i <= 600; ++i) all.push_back(a_task(i, "silent"));
  take(std::move(all));
  const std::size_t full = sender_.open.size();
  EXPECT_LT(full, 600u) << "there is room for all of them: this shows nothing";
  take({a_task(1, "second"), a_task(1, "third")});
  EXPECT_EQ(sender_.open.size(), full);
  EXPECT_EQ(sender_.answer(200).url, "https://1.example/cb");
  // One of the silent ones took the place, and both of this receiver's went.
  EXPECT_EQ(sender_.open.size(), full + 2);
  EXPECT_EQ(std::ranges::count(sender_.open, "https://1.example/cb", [](const auto& r) { return r.request.url; }),
            2);
}

TEST_F(DispatchTest, AnOldTaskOfAReceiverInTroubleIsGivenUpButKept) {
  for (int i = 0; i < kFailuresToPause; ++i) {
    take(a_task(1, fmt::format("{}", i)));
    sender_.answer(500);
  }
  collect();
  auto old = a_task(1, "old", ports::kCallbackRetryQueue);
  old.enqueued_at = clock_.now() - 31min;
  take(std::move(old));
  EXPECT_EQ(only_settlement().outcome, Outcome::finish);
  EXPECT_EQ(callbacks_.stored.at(callback_event_id(ports::kSendDeliveryStatus, "old", "1")).state,
            CallbackState::failed);
}

TEST_F(DispatchTest, WhatCannotBeRecordedIsSettledLater) {
  take(a_task(1, "s"));
  sender_.answer(200);
  callbacks_.record_fault.count = 1;
  EXPECT_TRUE(collect().empty());
  EXPECT_EQ(only_settlement().outcome, Outcome::finish);
  EXPECT_EQ(callbacks_.made.size(), 1u);
}

TEST_F(DispatchTest, TheSameEventTwiceIsRecordedTwice) {
  take({a_task(1, "s"), a_task(1, "s")});
  EXPECT_EQ(sender_.answer(200).body, sender_.answer(200).body);
  EXPECT_EQ(collect().size() + collect().size(), 2u);
  EXPECT_EQ(callbacks_.made.size(), 2u);
  EXPECT_EQ(callbacks_.stored.size(), 1u);
}

TEST_F(DispatchTest, CB6_ReceivedTextsGoWhereTheServiceWantsThemNow) {
  receipts::InboundText text;
  text.id = *receipts::InboundTextId::parse("0190a6f0-0000-7000-8000-0000000000aa");
  text.service_id = a_service(1);
  text.created_at = clock_.now();
  const auto made = InboundCallbacks::task_for(text);
  take(claimed(made));
  EXPECT_EQ(only_settlement().outcome, Outcome::finish) << "the text is gone";
  texts_.texts[text.id] = text;
  take(claimed(made));
  EXPECT_EQ(only_settlement().outcome, Outcome::finish) << "there is no address";
  ASSERT_TRUE(
      services_.set_callback({text.service_id, CallbackType::inbound, "https://now.example", "0123456789"}));
  take(claimed(made));
  ASSERT_EQ(sender_.open.size(), 1u);
  const auto request = sender_.answer(200);
  EXPECT_EQ(request.url, "https://now.example");
  EXPECT_EQ(request.body, receipts::inbound_callback_json(text));
  EXPECT_EQ(only_settlement().outcome, Outcome::finish);
  ASSERT_EQ(callbacks_.made.size(), 1u) << "what was not posted is no attempt";
  EXPECT_EQ(callbacks_.made.at(0).endpoint.type, CallbackType::inbound);
}

TEST_F(DispatchTest, ReplaysGoToThePresentAddressWithTheFirstId) {
  ports::CallbackEvent event{.id = callback_event_id("k", "s", ""),
                             .endpoint = {a_service(1), CallbackType::complaint},
                             .subject = "s",
                             .body = "{}",
                             .happened_at = clock_.now() - 24h};
  take(claimed(replay_task(event, clock_.now())));
  EXPECT_EQ(only_settlement().outcome, Outcome::finish) << "there is no address any more";
  EXPECT_EQ(callbacks_.stored.at(event.id).state, CallbackState::failed);
  ASSERT_TRUE(services_.set_callback({a_service(1), CallbackType::complaint, "https://new.example", "9876543210"}));
  take(claimed(replay_task(event, clock_.now())));
  ASSERT_EQ(sender_.open.size(), 1u);
  const auto request = sender_.answer(200);
  EXPECT_EQ(request.url, "https://new.example");
  EXPECT_EQ(header(request, "Authorization"), "Bearer 9876543210");
  EXPECT_EQ(header(request, "webhook-id"), webhook_id(event.id));
}

TEST_F(DispatchTest, SnapshotsOfEarlierVersionsFindTheirService) {
  notifications::Notification message;
  message.id = *NotificationId::parse("0190a6f0-0000-7000-8000-0000000000bb");
  message.service_id = a_service(7);
  notifications_.put(message);
  ports::NewTask task{.kind = std::string(ports::kSendDeliveryStatus), .subject = message.id.text()};
  task.payload = write_json(json::object{{"url", "https://x.example"}, {"token", "0123456789"}, {"body", "{}"}});
  take(claimed(task));
  ASSERT_EQ(sender_.open.size(), 1u);
  sender_.answer(200);
  collect();
  EXPECT_EQ(callbacks_.made.at(0).endpoint.service_id, a_service(7));
}

TEST_F(DispatchTest, WhatDoesNotReadIsBuriedAndWhatCannotBeReadWaits) {
  ports::NewTask task{.kind = std::string(ports::kSendDeliveryStatus), .subject = "s"};
  task.payload = "[]";
  take(claimed(task));
  EXPECT_EQ(only_settlement().outcome, Outcome::bury);
  callbacks_.state_fault.count = 1;
  take(a_task(1, "s"));
  const auto settled = only_settlement();
  EXPECT_EQ(settled.outcome, Outcome::retry);
  EXPECT_EQ(settled.retry_queue, "") << "it was not tried";
}

}  // namespace
}  // namespace postroom::flows
