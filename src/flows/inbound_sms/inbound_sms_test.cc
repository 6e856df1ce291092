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

class FakeClient final : public ports::HttpClient {
 public:
  int status = 200;
  std::vector<ports::HttpRequest> requests;
  Result<ports::HttpResponse> send(const ports::HttpRequest& request) override {
    requests.push_back(request);
    return ports::HttpResponse{.status = status, .headers = {}, .body = {}};
  }
};

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
  InboundSms flow() { return InboundSms({database_->inbound(), database_->services(), clock_, zone_, random_}, 7); }
  InboundOutcome receive(const receipts::InboundMessage& message) { return *flow().receive(message); }
  std::vector<receipts::InboundText> texts() {
    return *database_->inbound().list(service_.id, std::nullopt, 1'000);
  }

  sqlite::TemporaryFolder folder_;
  SystemRandom random_;
  MovableClock clock_{*parse_rfc3339("2026-05-14T12:00:00Z")};
  TimeZone zone_ = *TimeZone::load("Europe/London");
  KeyRing ring_ = *KeyRing::parse(KeyRing::generate(random_));
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
  FakeClient client;
  InboundCallbacks callbacks(database_->inbound(), database_->services());
  EXPECT_TRUE(callbacks.send(client, text.id));
  EXPECT_TRUE(client.requests.empty()) << "without a callback nothing is sent";
  ASSERT_TRUE(database_->services().set_callback(
      {service_.id, accounts::CallbackType::inbound, "https://svc.example/in", "0123456789"}));
  EXPECT_TRUE(callbacks.send(client, text.id));
  ASSERT_EQ(client.requests.size(), 1u);
  EXPECT_EQ(client.requests[0].url, "https://svc.example/in");
  EXPECT_EQ(client.requests[0].body, receipts::inbound_callback_json(text));
  client.status = 503;
  EXPECT_EQ(callbacks.send(client, text.id).error().kind, ErrorKind::retry_later);
  client.status = 404;
  EXPECT_EQ(callbacks.send(client, text.id).error().kind, ErrorKind::rejected);
  EXPECT_TRUE(callbacks.send(client, receipts::InboundTextId{Uuid::random(random_)})) << "a text that is gone";
}

}  // namespace
}  // namespace postroom::flows
