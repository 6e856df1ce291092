// Varied: channel, key, recipient, state of the message, and what provider, service and store answer. The state and
// the tasks that follow must be committed together, and nothing of a test key may reach a provider.
#include "flows/deliver/deliver_flow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "core/email/return_path.h"
#include "ports/task_names.h"
#include "ports/testing_email.h"
#include "ports/testing_stores.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;

// Takes everything, or answers with an error that was put in before.
template <typename Port, typename Message>
class FakeProvider final : public Port {
 public:
  std::string provider = "sandbox";
  std::optional<Error> error;
  std::optional<ports::PutOff> put_off;
  std::vector<Message> messages;
  std::function<void()> before_answer;

  std::string_view name() const override { return provider; }
  auto send(const Message& message) -> decltype(std::declval<Port&>().send(message)) override {
    messages.push_back(message);
    if (before_answer) before_answer();
    if (error) return fail(*error);
    if (put_off) return ports::ProviderReceipt{.provider = provider, .put_off = put_off};
    return ports::ProviderReceipt{provider, "p-" + std::to_string(messages.size())};
  }
};

class DeliverTest : public testing::Test {
 protected:
  DeliverTest() {
    set_log_sink([](std::string_view) {});
    service_.id = ServiceId{Uuid::random(random_)};
    service_.name = "Harbour Office";
    service_.email_local_part = "harbour.office";
    service_.sms_senders = {{Uuid::random(random_), "HARBOUR", true, false}};
    EXPECT_TRUE(services_.create(service_));
    sms_ = add(NotificationType::sms, "Hi ((name))");
    email_ = add(NotificationType::email, "Dear ((name))");
  }
  ~DeliverTest() override { set_log_sink(nullptr); }

  TemplateId add(NotificationType type, std::string content) {
    notifications::Template t{.id = TemplateId{Uuid::random(random_)},
                              .service_id = service_.id,
                              .type = type,
                              .subject = "About ((name))",
                              .content = std::move(content)};
    EXPECT_TRUE(templates_.add_version(t));
    return t.id;
  }
  NotificationId put(NotificationType type, const std::function<void(Notification&)>& change = {}) {
    Notification n;
    n.id = NotificationId{Uuid::random(random_)};
    n.service_id = service_.id;
    n.type = type;
    n.template_id = type == NotificationType::sms ? sms_ : email_;
    n.to = type == NotificationType::sms ? "07900 900123" : "Ada@Else.Example";
    n.normalised_to = type == NotificationType::sms ? "447900900123" : "ada@else.example";
    n.personalisation = R"({"name":"Ada"})";
    n.created_at = clock_.now();
    if (change) change(n);
    notifications_.put(n);
    return n.id;
  }
  Result<DeliverFlow::Delivery> deliver(NotificationId id) { return deliver_with(&mailer_, &gateway_, id); }
  Result<DeliverFlow::Delivery> deliver_with(ports::Mailer* mailer, ports::SmsGateway* gateway, NotificationId id) {
    DeliverFlow flow(notifications_, services_, cache_, mailer, gateway, callbacks_, clock_, options_);
    return flow.deliver(std::span(&id, 1)).front();
  }
  const Notification& at(NotificationId id) { return notifications_.at(id); }
  void archive() {
    service_.active = false;
    EXPECT_TRUE(services_.update(service_));
  }
  void set_callback() {
    EXPECT_TRUE(services_.set_callback(
        {service_.id, accounts::CallbackType::delivery, "https://svc.example/cb", "0123456789"}));
  }

  SeededRandom random_{21};
  MovableClock clock_{from_micros(1'770'000'000'000'000)};
  accounts::Service service_;
  ports::testing::MemoryTaskQueue tasks_;
  ports::testing::MemoryNotificationStore notifications_{tasks_};
  ports::testing::MemoryTemplateStore templates_;
  ports::testing::MemoryServiceStore services_;
  TemplateCache cache_{templates_, clock_};
  DeliveryCallbacks callbacks_{services_};
  FakeProvider<ports::Mailer, ports::EmailMessage> mailer_;
  FakeProvider<ports::SmsGateway, ports::SmsMessage> gateway_;
  DeliverOptions options_{.email_domain = "mail.example", .receipt_delay = 2s, .sandbox_name = "sandbox"};
  TemplateId sms_, email_;
};

TEST_F(DeliverTest, ATextGoesToTheGatewayAndItsReceiptIsSimulated) {
  NotificationId id = put(NotificationType::sms);
  ASSERT_TRUE(deliver(id));
  ASSERT_EQ(gateway_.messages.size(), 1u);
  const ports::SmsMessage& sent = gateway_.messages[0];
  EXPECT_EQ(sent.to, "447900900123");
  EXPECT_EQ(sent.sender, "HARBOUR");
  EXPECT_EQ(sent.text, "Harbour Office: Hi Ada");
  EXPECT_EQ(sent.reference, id.text());
  EXPECT_EQ(sent.fragments, 1);
  EXPECT_EQ(at(id).status, NotificationStatus::sending);
  EXPECT_EQ(at(id).sent_by, "sandbox");
  EXPECT_EQ(at(id).provider_reference, "p-1");
  EXPECT_EQ(at(id).sent_at, clock_.now());
  EXPECT_EQ(at(id).billable_units, 1);
  auto rows = tasks_.rows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].task.queue, ports::kReceiptQueue);
  EXPECT_EQ(rows[0].task.kind, ports::kSimulateReceipt);
  EXPECT_EQ(rows[0].task.subject, id.text());
  EXPECT_EQ(rows[0].task.run_at, clock_.now() + 2s);
  auto receipt = receipt_from_payload(rows[0].task.payload);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->status, NotificationStatus::delivered);
  EXPECT_EQ(receipt->provider, "sandbox");
}

TEST_F(DeliverTest, TextsOfARealProviderWaitForItsReceipt) {
  gateway_.provider = "carrier";
  NotificationId id = put(NotificationType::sms, [](Notification& n) { n.reply_to = "OTHER"; });
  ASSERT_TRUE(deliver(id));
  EXPECT_EQ(gateway_.messages[0].sender, "OTHER");
  EXPECT_EQ(at(id).status, NotificationStatus::sending);
  EXPECT_TRUE(tasks_.rows().empty());
}

TEST_F(DeliverTest, InternationalTextsAreSentAtOnce) {
  NotificationId id = put(NotificationType::sms, [](Notification& n) { n.international = true; });
  ASSERT_TRUE(deliver(id));
  EXPECT_TRUE(gateway_.messages[0].international);
  EXPECT_EQ(at(id).status, NotificationStatus::sent);
}

TEST_F(DeliverTest, AnEmailCarriesBothBodiesAndAStableReference) {
  mailer_.provider = "smtp";
  NotificationId id = put(NotificationType::email, [](Notification& n) {
    n.reply_to = "desk@harbour.example";
    n.unsubscribe_url = "https://harbour.example/stop";
  });
  ASSERT_TRUE(deliver(id));
  ASSERT_EQ(mailer_.messages.size(), 1u);
  const ports::EmailMessage& sent = mailer_.messages[0];
  EXPECT_EQ(sent.to, "Ada@Else.Example");
  EXPECT_EQ(sent.from_name, "Harbour Office");
  EXPECT_EQ(sent.from_address, "harbour.office@mail.example");
  EXPECT_EQ(sent.reply_to, "desk@harbour.example");
  EXPECT_EQ(sent.subject, "About Ada");
  EXPECT_NE(sent.text_body.find("Dear Ada"), std::string::npos);
  EXPECT_NE(sent.html_body.find("Dear Ada"), std::string::npos);
  EXPECT_EQ(sent.list_unsubscribe_url, "https://harbour.example/stop");
  EXPECT_EQ(sent.message_reference, id.text());
  // A relay reports nothing later: its acceptance is the receipt, due at once.
  auto rows = tasks_.rows();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].task.run_at, clock_.now());
  EXPECT_EQ(receipt_from_payload(rows[0].task.payload)->status, NotificationStatus::delivered);
  EXPECT_EQ(at(id).status, NotificationStatus::sending);
  EXPECT_EQ(at(id).billable_units, 0);
}

TEST_F(DeliverTest, ARelayThatReportsIsWaitedFor) {
  options_.relay_reports = true;
  mailer_.provider = "smtp";
  NotificationId id = put(NotificationType::email);
  ASSERT_TRUE(deliver(id));
  EXPECT_EQ(at(id).status, NotificationStatus::sending);
  EXPECT_TRUE(tasks_.rows().empty());
}

TEST_F(DeliverTest, ATestKeyNeverReachesAProvider) {
  for (auto type : {NotificationType::sms, NotificationType::email}) {
    for (auto [to, outcome] : {std::pair{"447700900003", NotificationStatus::temporary_failure},
                               {"447700900002", NotificationStatus::permanent_failure},
                               {"temp-fail@simulator.notify", NotificationStatus::temporary_failure},
                               {"perm-fail@simulator.notify", NotificationStatus::permanent_failure},
                               {"ada@else.example", NotificationStatus::delivered}}) {
      bool is_email = std::string_view(to).find('@') != std::string_view::npos;
      if (is_email != (type == NotificationType::email)) continue;
      std::string recipient = to;
      NotificationId id = put(type, [&](Notification& n) {
        n.key_type = accounts::KeyType::test;
        n.normalised_to = recipient;
      });
      // Not even a provider is needed.
      ASSERT_TRUE(deliver_with(nullptr, nullptr, id)) << to;
      ASSERT_TRUE(deliver(id));
      EXPECT_EQ(at(id).status, NotificationStatus::sending);
      auto receipt = receipt_from_payload(tasks_.rows().back().task.payload);
      ASSERT_TRUE(receipt);
      EXPECT_EQ(receipt->status, outcome) << to;
    }
  }
  EXPECT_TRUE(gateway_.messages.empty());
  EXPECT_TRUE(mailer_.messages.empty());
}

TEST_F(DeliverTest, OnlyCreatedMessagesAreHandedOver) {
  for (NotificationStatus status : notifications::all_statuses()) {
    NotificationId id = put(NotificationType::sms, [&](Notification& n) { n.status = status; });
    std::size_t before = gateway_.messages.size();
    EXPECT_TRUE(deliver(id));
    bool is_created = status == NotificationStatus::created;
    EXPECT_EQ(gateway_.messages.size() - before, is_created ? 1u : 0u) << to_string(status);
    if (!is_created) {
      EXPECT_EQ(at(id).status, status);
    }
  }
}

TEST_F(DeliverTest, AnArchivedServiceSendsNothingMore) {
  archive();
  set_callback();
  NotificationId id = put(NotificationType::email);
  ASSERT_TRUE(deliver(id));
  EXPECT_TRUE(mailer_.messages.empty());
  EXPECT_EQ(at(id).status, NotificationStatus::technical_failure);
  EXPECT_TRUE(tasks_.rows().empty()) << "our own faults are not called back";
}

TEST_F(DeliverTest, RefusalsForGoodBecomeStates) {
  set_callback();
  struct Case {
    NotificationType type;
    ErrorKind kind;
    NotificationStatus status;
    std::size_t callbacks;
  };
  for (const Case& c :
       {Case{NotificationType::email, ErrorKind::rejected, NotificationStatus::permanent_failure, 1},
        Case{NotificationType::email, ErrorKind::invalid_input, NotificationStatus::technical_failure, 0},
        Case{NotificationType::sms, ErrorKind::rejected, NotificationStatus::technical_failure, 0}}) {
    gateway_.error = mailer_.error = Error{c.kind, "550 no"};
    std::size_t before = tasks_.rows().size();
    NotificationId id = put(c.type);
    EXPECT_TRUE(deliver(id));
    EXPECT_EQ(at(id).status, c.status);
    EXPECT_EQ(notifications_.events(id)->at(0).detail, "550 no");
    auto rows = tasks_.rows();
    ASSERT_EQ(rows.size() - before, c.callbacks);
    if (c.callbacks > 0) {
      EXPECT_EQ(rows.back().task.kind, ports::kSendDeliveryStatus);
      EXPECT_NE(rows.back().task.payload.find("permanent-failure"), std::string::npos);
    }
  }
}

TEST_F(DeliverTest, WhatMayPassStaysCreated) {
  for (ErrorKind kind : {ErrorKind::retry_later, ErrorKind::internal}) {
    gateway_.error = Error{kind, "busy"};
    NotificationId id = put(NotificationType::sms);
    auto result = deliver(id);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, kind);
    EXPECT_EQ(at(id).status, NotificationStatus::created);
  }
  EXPECT_TRUE(tasks_.rows().empty());
}

TEST_F(DeliverTest, WithoutAProviderMessagesWaitAndTheSettingIsNamed) {
  for (auto [type, setting] :
       {std::pair{NotificationType::sms, "sms.provider"}, {NotificationType::email, "email.provider"}}) {
    auto result = deliver_with(nullptr, nullptr, put(type));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::retry_later);
    EXPECT_NE(result.error().message.find(setting), std::string::npos);
  }
}

TEST_F(DeliverTest, AReceiptThatOvertookTheHandOverStays) {
  gateway_.provider = "carrier";
  NotificationId id = put(NotificationType::sms);
  gateway_.before_answer = [&] {
    notifications_.at(id).status = NotificationStatus::delivered;
    notifications_.at(id).updated_at = clock_.now();
  };
  ASSERT_TRUE(deliver(id));
  EXPECT_EQ(at(id).status, NotificationStatus::delivered);
  EXPECT_EQ(at(id).sent_by, "carrier");
  EXPECT_EQ(at(id).provider_reference, "p-1");
  EXPECT_EQ(at(id).sent_at, clock_.now());
  EXPECT_EQ(at(id).billable_units, 1);
}

// The process died after the provider's answer, and the receipt was there before the task's second run.
TEST_F(DeliverTest, R4_ATextWhoseHandOverWasNeverWrittenDownCountsItsParts) {
  auto ended = [&](NotificationStatus status, accounts::KeyType key = accounts::KeyType::normal) {
    return put(NotificationType::sms, [&](Notification& n) {
      n.status = status;
      n.sent_by = "carrier";
      n.key_type = key;
      n.personalisation = R"({"name":")" + std::string(200, 'a') + "\"}";
    });
  };
  const NotificationId id = ended(NotificationStatus::delivered);
  ASSERT_TRUE(deliver(id));
  EXPECT_EQ(at(id).billable_units, 2);
  EXPECT_EQ(at(id).status, NotificationStatus::delivered);
  for (NotificationId free : {ended(NotificationStatus::technical_failure),
                              ended(NotificationStatus::delivered, accounts::KeyType::test)}) {
    ASSERT_TRUE(deliver(free));
    EXPECT_EQ(at(free).billable_units, 0);
  }
  EXPECT_TRUE(gateway_.messages.empty());
}

TEST_F(DeliverTest, TimesToTheHandOverAreMeasured) {
  Metrics metrics;
  options_.metrics = &metrics;
  gateway_.provider = "carrier";
  ASSERT_TRUE(deliver(put(NotificationType::sms, [&](Notification& n) { n.created_at = clock_.now() - 3s; })));
  ASSERT_TRUE(deliver(put(NotificationType::sms, [&](Notification& n) {
    n.created_at = clock_.now() - 1h;
    n.scheduled_for = clock_.now() - 3s;
    n.international = true;
    n.phone_prefix = "49";
  })));
  gateway_.error = Error{ErrorKind::rejected, "no"};
  ASSERT_TRUE(deliver(put(NotificationType::sms)));
  const std::string text = metrics.text();
  const std::string name = "postroom_notification_send_duration_seconds";
  const std::string labels = R"({key_type="normal",notification_type="sms",provider_name="carrier")";
  EXPECT_NE(text.find(name + "_count" + labels + "} 2"), std::string::npos) << text;
  EXPECT_NE(text.find(name + "_sum" + labels + "} 6"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(postroom_notification_sms_internationals_total{country_code="49"} 1)"), std::string::npos)
      << text;
}

TEST_F(DeliverTest, AnEmailWhoseTurnHasNotComeStaysAsItIs) {
  mailer_.provider = "mx";
  mailer_.put_off = ports::PutOff{7s, "its domain has had enough"};
  const NotificationId id = put(NotificationType::email);
  auto result = deliver(id);
  ASSERT_TRUE(result && result->put_off);
  EXPECT_EQ(result->put_off->wait, 7s);
  EXPECT_EQ(at(id).status, NotificationStatus::created);
  EXPECT_FALSE(at(id).sent_at);
  mailer_.put_off.reset();
  result = deliver(id);
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->put_off);
  EXPECT_EQ(at(id).status, NotificationStatus::sending);
}

TEST_F(DeliverTest, NobodyWaitsLongForThoseBefore) {
  mailer_.provider = "smtp";
  const NotificationId ids[] = {put(NotificationType::email), put(NotificationType::email),
                                put(NotificationType::email)};
  mailer_.before_answer = [&] { clock_.advance(mailer_.messages.size() == 1 ? 1s : 5s); };
  DeliverFlow flow(notifications_, services_, cache_, &mailer_, &gateway_, callbacks_, clock_, options_);
  auto results = flow.deliver(ids);
  EXPECT_TRUE(results[0] && !results[0]->put_off);
  EXPECT_TRUE(results[1] && !results[1]->put_off);
  ASSERT_TRUE(results[2] && results[2]->put_off);
  EXPECT_EQ(results[2]->put_off->wait, 0s);
  EXPECT_EQ(at(ids[2]).status, NotificationStatus::created);
}

TEST_F(DeliverTest, WhatARealProviderTookIsWrittenDownBeforeTheNextOneGoes) {
  mailer_.provider = "smtp";
  std::vector<NotificationId> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(put(NotificationType::email));
  // One whose hand-over cannot be written down is tried again, the others are not.
  notifications_.move_fault.count = 1;
  DeliverFlow flow(notifications_, services_, cache_, &mailer_, &gateway_, callbacks_, clock_, options_);
  mailer_.before_answer = [&] {
    if (mailer_.messages.size() == 3) {
      EXPECT_EQ(at(ids[1]).status, NotificationStatus::sending);
    }
  };
  auto results = flow.deliver(ids);
  ASSERT_EQ(mailer_.messages.size(), 3u);
  EXPECT_FALSE(results[0]);
  EXPECT_TRUE(results[1] && results[2]);
  EXPECT_EQ(at(ids[0]).status, NotificationStatus::created);
  EXPECT_EQ(at(ids[2]).status, NotificationStatus::sending);
}

TEST_F(DeliverTest, AHandOverThatCannotBeRecordedIsRepeatedUnderTheSameReference) {
  NotificationId id = put(NotificationType::sms);
  notifications_.move_fault.count = 1;
  auto result = deliver(id);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::retry_later);
  ASSERT_TRUE(deliver(id));
  ASSERT_EQ(gateway_.messages.size(), 2u);
  EXPECT_EQ(gateway_.messages[0].reference, gateway_.messages[1].reference);
  EXPECT_EQ(at(id).status, NotificationStatus::sending);
}

TEST_F(DeliverTest, EachOfABatchHasItsOwnResult) {
  NotificationId good = put(NotificationType::sms);
  NotificationId spoilt = put(NotificationType::sms, [](Notification& n) { n.personalisation = "{"; });
  NotificationId wrong = put(NotificationType::sms, [&](Notification& n) { n.template_id = email_; });
  NotificationId unknown{Uuid::random(random_)};
  DeliverFlow flow(notifications_, services_, cache_, &mailer_, &gateway_, callbacks_, clock_, options_);
  auto results = flow.deliver(std::vector{good, spoilt, wrong, unknown});
  ASSERT_EQ(results.size(), 4u);
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().kind, ErrorKind::corrupt);
  EXPECT_EQ(results[2].error().kind, ErrorKind::corrupt);
  EXPECT_EQ(results[3].error().kind, ErrorKind::not_found);
  EXPECT_EQ(at(good).status, NotificationStatus::sending);
}

TEST_F(DeliverTest, AnUnreadableStoreFailsTheWholeBatchForNow) {
  notifications_.find_fault.count = 1;
  auto result = deliver(put(NotificationType::sms));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::retry_later);
}

TEST_F(DeliverTest, GivingUpMovesOnlyCreatedOnes) {
  DeliverFlow flow(notifications_, services_, cache_, &mailer_, &gateway_, callbacks_, clock_, options_);
  NotificationId waiting = put(NotificationType::sms);
  NotificationId gone =
      put(NotificationType::sms, [](Notification& n) { n.status = NotificationStatus::delivered; });
  EXPECT_TRUE(flow.give_up(waiting, "busy for days"));
  EXPECT_TRUE(flow.give_up(gone, "busy for days"));
  EXPECT_EQ(at(waiting).status, NotificationStatus::technical_failure);
  EXPECT_EQ(notifications_.events(waiting)->at(0).detail, "busy for days");
  EXPECT_EQ(at(gone).status, NotificationStatus::delivered);
}

TEST(SimulatedReceiptPayload, RoundTripsOrIsCorrupt) {
  for (NotificationStatus status : notifications::all_statuses()) {
    auto back = receipt_from_payload(to_payload({status, "p\"", "d\n"}));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->status, status);
    EXPECT_EQ(back->provider, "p\"");
    EXPECT_EQ(back->detail, "d\n");
  }
  for (const char* bad : {"", "{}", "[]", R"({"status":"gone"})"}) EXPECT_FALSE(receipt_from_payload(bad)) << bad;
}

// Emails to addresses that are known to be bad, and what makes them known.
class SuppressedDelivery : public DeliverTest {
 protected:
  SuppressedDelivery() {
    options_.suppressions = &suppressions_;
    mailer_.provider = "mx";
  }
  ports::testing::MemorySuppressionStore suppressed_;
  Suppressions suppressions_{suppressed_, clock_, 30};
};

TEST_F(SuppressedDelivery, GetNothingAndTheServiceIsTold) {
  set_callback();
  mailer_.error = Error{ErrorKind::rejected, "mail server mx.else.example refused the message: 550 5.1.1"};
  NotificationId first = put(NotificationType::email), second = put(NotificationType::email);
  ASSERT_TRUE(deliver(first));
  EXPECT_EQ(at(first).status, NotificationStatus::permanent_failure);
  mailer_.error.reset();
  ASSERT_TRUE(deliver(second));
  EXPECT_EQ(mailer_.messages.size(), 1u);
  EXPECT_EQ(at(second).status, NotificationStatus::permanent_failure);
  const auto events = *notifications_.events(second);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].cause, "email.suppressed");
  EXPECT_THAT(events[0].detail, testing::HasSubstr("bounced for good on"));
  EXPECT_THAT(events[0].detail, testing::HasSubstr("(550 5.1.1)"));
  EXPECT_EQ(tasks_.rows().size(), 2u) << "callbacks";
  ASSERT_EQ(suppressed_.remove("ada@else.example", std::nullopt).value(), 1);
  NotificationId third = put(NotificationType::email);
  ASSERT_TRUE(deliver(third));
  EXPECT_EQ(at(third).status, NotificationStatus::sending);
}

TEST_F(SuppressedDelivery, OtherRefusalsAndTestKeysChangeNothing) {
  mailer_.error = Error{ErrorKind::rejected, "mail server mx.else.example refused the message: 554 5.7.1"};
  ASSERT_TRUE(deliver(put(NotificationType::email)));
  EXPECT_EQ(suppressed_.list(std::nullopt, 10).value().size(), 0u);
  NotificationId tested =
      put(NotificationType::email, [](Notification& n) { n.key_type = accounts::KeyType::test; });
  ASSERT_TRUE(suppressions_.add_bounced(at(tested), ""));
  ASSERT_TRUE(deliver(tested));
  EXPECT_EQ(at(tested).status, NotificationStatus::sending);
}

TEST_F(SuppressedDelivery, AStoreThatIsAwayHoldsTheEmail) {
  suppressed_.fault.count = 1;
  NotificationId id = put(NotificationType::email);
  EXPECT_EQ(deliver(id).error().kind, ErrorKind::retry_later);
  EXPECT_EQ(mailer_.messages.size(), 0u);
}

TEST_F(DeliverTest, BouncesComeBackUnderTheEmailsId) {
  options_.bounce_address = "bounces@mail.example";
  options_.bounce_wait = 60s;
  mailer_.provider = "mx";
  NotificationId id = put(NotificationType::email);
  ASSERT_TRUE(deliver(id));
  EXPECT_EQ(email::notification_in(mailer_.messages.at(0).return_path), id);
  ASSERT_EQ(tasks_.rows().size(), 1u);
  EXPECT_EQ(tasks_.rows()[0].task.run_at, clock_.now() + 60s) << "delivered unless it bounces by then";
}

}  // namespace
}  // namespace postroom::flows
