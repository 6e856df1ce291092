// Over a real store. Varied: whose number a text was sent to, whether it was sent before, and its age.
#include "flows/inbound_sms/inbound_sms.h"

#include <gtest/gtest.h>

#include "adapters/sqlite/open.h"
#include "adapters/sqlite/temporary_folder.h"
#include "base/log.h"
#include "flows/callbacks/inbound_callback.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

using namespace std::chrono_literals;
using enum InboundOutcome;

class InboundSmsTest : public testing::Test {
 protected:
  InboundSmsTest() {
    set_log_sink([](std::string_view) {});
    database_ = std::move(
        *sqlite::open({.path = folder_ / "postroom.db", .key_ring = ring_, .random = random_, .clock = clock_}));
    service_.id = ServiceId{Uuid::random(random_)};
    service_.name = "Council";
    service_.permissions = {accounts::Permission::inbound_sms};
    EXPECT_TRUE(database_->services().create(service_));
    EXPECT_TRUE(database_->inbound().add_number(number_of(service_.id)));
  }
  ~InboundSmsTest() override { set_log_sink(nullptr); }

  static ports::InboundNumber number_of(std::optional<ServiceId> service) {
    return {.number = "07123123123", .provider = "mmg", .service_id = service};
  }
  static receipts::InboundMessage a_message(std::string reference = "m1") {
    return {.provider = receipts::SmsProvider::mmg,
            .number = "07123123123",
            .sender = "447900900123",
            .content = "Hello",
            .provider_reference = std::move(reference),
            .sent_at = parse_rfc3339("2026-05-14T11:59:00Z")};
  }
  InboundSms flow() {
    return InboundSms({database_->inbound(), database_->services(), clock_, zone_, random_, nullptr, &metrics_}, 7);
  }
  InboundOutcome receive(const receipts::InboundMessage& message) { return *flow().receive(message); }
  std::vector<receipts::InboundText> texts() {
    return *database_->inbound().list(service_.id, std::nullopt, 1'000);
  }

  sqlite::TemporaryFolder folder_;
  SystemRandom random_;
  MovableClock clock_{*parse_rfc3339("2026-05-14T12:00:00Z")};
  TimeZone zone_ = *TimeZone::load("Europe/London");
  KeyRing ring_ = *KeyRing::parse(KeyRing::generate(random_));
  Metrics metrics_;
  std::unique_ptr<ports::Database> database_;
  accounts::Service service_;
};

TEST_F(InboundSmsTest, ATextIsKeptWithItsCallback) {
  EXPECT_EQ(receive(a_message()), stored);
  ASSERT_EQ(texts().size(), 1u);
  const receipts::InboundText text = texts()[0];
  EXPECT_EQ(text.user_number, "447900900123");
  EXPECT_EQ(text.content, "Hello");
  EXPECT_EQ(text.provider_date, *parse_rfc3339("2026-05-14T11:59:00Z"));
  EXPECT_EQ(text.created_at, clock_.now());
  auto tasks = *database_->tasks().claim(ports::kCallbackQueue, 10, clock_.now(), 60s, "test");
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0].kind, ports::kSendInboundSms);
  EXPECT_EQ(tasks[0].subject, text.id.text());
}

TEST_F(InboundSmsTest, ATextThatComesAgainIsKeptOnce) {
  EXPECT_EQ(receive(a_message()), stored);
  EXPECT_EQ(receive(a_message()), repeated);
  EXPECT_EQ(receive(a_message("m2")), stored);
  for (const char* line : {R"({outcome="repeated",provider="mmg"} 1)", R"({outcome="stored",provider="mmg"} 2)"})
    EXPECT_NE(metrics_.text().find(std::string("postroom_inbound_sms_total") + line), std::string::npos) << line;
  // Without a reference nobody can tell.
  EXPECT_EQ(receive(a_message("")), stored);
  EXPECT_EQ(receive(a_message("")), stored);
  EXPECT_EQ(texts().size(), 4u);
  EXPECT_EQ(database_->tasks().claim(ports::kCallbackQueue, 10, clock_.now(), 60s, "test")->size(), 4u);
}

TEST_F(InboundSmsTest, AnUnreadableTimeIsNow) {
  receipts::InboundMessage message = a_message();
  message.sent_at.reset();
  EXPECT_EQ(receive(message), stored);
  EXPECT_EQ(texts()[0].provider_date, clock_.now());
}

TEST_F(InboundSmsTest, TextsForNobodyAreNotKept) {
  receipts::InboundMessage message = a_message();
  for (std::string number : {std::string(), std::string("07123123124"), std::string(4'000, '1')}) {
    message.number = number;
    EXPECT_EQ(receive(message), not_ours) << number.size();
  }
  ports::InboundNumber number = number_of(service_.id);
  number.is_active = false;
  ASSERT_TRUE(database_->inbound().update_number(number));
  EXPECT_EQ(receive(a_message()), not_ours);
  ASSERT_TRUE(database_->inbound().update_number(number_of(std::nullopt)));
  EXPECT_EQ(receive(a_message()), not_ours);
  ASSERT_TRUE(database_->inbound().update_number(number_of(ServiceId{Uuid::random(random_)})));
  EXPECT_EQ(receive(a_message()), not_ours);
  ASSERT_TRUE(database_->inbound().update_number(number_of(service_.id)));
  service_.permissions.clear();
  ASSERT_TRUE(database_->services().update(service_));
  EXPECT_EQ(receive(a_message()), not_ours);
  service_.permissions = {accounts::Permission::inbound_sms};
  service_.active = false;
  ASSERT_TRUE(database_->services().update(service_));
  EXPECT_EQ(receive(a_message()), not_ours);
  EXPECT_TRUE(texts().empty());
}

TEST_F(InboundSmsTest, OldTextsGoAtLocalMidnight) {
  // Midnight in London of the day seven days ago is 23:00 UTC of the day before.
  for (const char* time : {"2026-05-06T22:59:59Z", "2026-05-06T23:00:00Z", "2026-05-14T12:00:00Z"}) {
    clock_.set(*parse_rfc3339(time));
    EXPECT_EQ(receive(a_message("")), stored);
  }
  EXPECT_EQ(*flow().remove_old(), 1);
  EXPECT_EQ(texts().size(), 2u);
  EXPECT_EQ(*flow().remove_old(), 0);
}

TEST_F(InboundSmsTest, TheCallbackReadsTheConfigurationWhenItIsSent) {
  EXPECT_EQ(receive(a_message()), stored);
  const receipts::InboundText text = texts()[0];
  InboundCallbacks callbacks(database_->inbound(), database_->services());
  ports::ClaimedTask task{.kind = std::string(ports::kSendInboundSms), .subject = text.id.text()};
  EXPECT_FALSE(*callbacks.snapshot_of(task)) << "without a callback nothing is sent";
  ASSERT_TRUE(database_->services().set_callback(
      {service_.id, accounts::CallbackType::inbound, "https://svc.example/in", "0123456789"}));
  const auto snapshot = *callbacks.snapshot_of(task);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->url, "https://svc.example/in");
  EXPECT_EQ(snapshot->body, receipts::inbound_callback_json(text));
  task.subject = receipts::InboundTextId{Uuid::random(random_)}.text();
  EXPECT_FALSE(*callbacks.snapshot_of(task)) << "a text that is gone";
  task.subject = "x";
  EXPECT_EQ(callbacks.snapshot_of(task).error().kind, ErrorKind::corrupt);
}

// Parts come in any order, and again.
TEST_F(InboundSmsTest, ALongTextIsKeptWhenItsLastPartCame) {
  InboundSms flow(
      {database_->inbound(), database_->services(), clock_, zone_, random_, &database_->inbound_parts()}, 7);
  auto part = [&](int number, std::string content, int reference = 9, std::string sender = "447900900123") {
    receipts::InboundMessage message = a_message("");
    message.provider = receipts::SmsProvider::smpp;
    message.content = std::move(content);
    message.sender = std::move(sender);
    return *flow.receive_part(message, {reference, 3, number});
  };
  EXPECT_EQ(part(3, "c"), stored);
  EXPECT_EQ(part(1, "a"), stored);
  EXPECT_EQ(part(1, "a"), stored);
  EXPECT_EQ(part(2, "x", 8), stored) << "of another text";
  EXPECT_EQ(part(2, "y", 9, "447900900999"), stored) << "of another person";
  EXPECT_TRUE(texts().empty());
  EXPECT_EQ(part(2, "b"), stored);
  ASSERT_EQ(texts().size(), 1u);
  EXPECT_EQ(texts()[0].content, "abc");
  EXPECT_EQ(texts()[0].provider, "smpp");
  EXPECT_EQ(database_->tasks().claim(ports::kCallbackQueue, 10, clock_.now(), 60s, "test")->size(), 1u);
  // Its answer was lost, and all comes again.
  EXPECT_EQ(part(1, "a"), stored);
  EXPECT_EQ(part(2, "b"), stored);
  EXPECT_EQ(part(3, "c"), repeated);
  EXPECT_EQ(texts().size(), 1u);
}

TEST_F(InboundSmsTest, ATextThatStaysIncompleteIsKeptWithAMark) {
  InboundSms flow(
      {database_->inbound(), database_->services(), clock_, zone_, random_, &database_->inbound_parts()}, 7);
  receipts::InboundMessage message = a_message("");
  message.content = "end";
  ASSERT_TRUE(flow.receive_part(message, {9, 2, 2}));
  clock_.advance(kPartsWait);
  EXPECT_EQ(*flow.receive_incomplete(), 0);
  clock_.advance(1s);
  EXPECT_EQ(*flow.receive_incomplete(), 1);
  ASSERT_EQ(texts().size(), 1u);
  EXPECT_EQ(texts()[0].content, "[…]end");
  EXPECT_EQ(*flow.receive_incomplete(), 0);
}

}  // namespace
}  // namespace postroom::flows
