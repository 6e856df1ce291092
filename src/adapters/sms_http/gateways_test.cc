// Each gateway against a house that reads every field. Varied: the text, the sender, what the house answers. What
// must hold: the house finds no fault, and every trouble ends as what may be done next.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/sms_http/firetext.h"
#include "adapters/sms_http/mmg.h"
#include "adapters/sms_http/twilio.h"
#include "base/log.h"
#include "fakes/sms_house.h"

namespace postroom::sms_http {
namespace {

using fakes::HouseTrouble;
using fakes::SmsHouse;
using fakes::SmsHouseKind;
using testing::HasSubstr;
using testing::IsEmpty;
using enum HouseTrouble::Mode;

constexpr std::string_view kId = "7a1f0b7e-3c55-4b3e-9d6f-0e3a0c9f1b11";

ports::SmsMessage a_text() {
  return {.to = "447900900123", .sender = "COUNCIL", .text = "Hello", .reference = std::string(kId)};
}

class GatewayTest : public testing::TestWithParam<SmsHouseKind> {
 protected:
  GatewayTest() {
    set_log_sink([](std::string_view) {});
  }
  ~GatewayTest() override { set_log_sink(nullptr); }

  std::unique_ptr<ports::SmsGateway> gateway(std::string secret = "secret") {
    const std::string receipts = "https://post.example/notifications/sms/x";
    switch (GetParam()) {
      case SmsHouseKind::mmg:
        return std::make_unique<MmgGateway>(MmgOptions{"https://house.example/send", secret, receipts}, house_);
      case SmsHouseKind::firetext:
        return std::make_unique<FiretextGateway>(
            FiretextOptions{"https://house.example/send", secret, "abroad", receipts}, house_);
      case SmsHouseKind::twilio: break;
    }
    return std::make_unique<TwilioGateway>(TwilioOptions{"https://house.example", "AC1", secret, "", receipts},
                                           house_);
  }
  ports::SmsFailure failure_of(HouseTrouble trouble) {
    house_.trouble(std::move(trouble));
    auto result = gateway()->send(a_text());
    EXPECT_FALSE(result);
    return result ? ports::SmsFailure(ErrorKind::internal, "it was taken", true) : result.error();
  }

  SmsHouse house_{{.kind = GetParam(), .international_secret = "abroad"}};
};

TEST_P(GatewayTest, ATextArrivesAsItIs) {
  for (std::string text : {"Hello", "a+b c&d=e%20;/?#\n\"quoted\" \\ back", "Grüße, £5 €3 [x]", "Ŵyneb ŷ"}) {
    ports::SmsMessage message = a_text();
    message.text = text;
    auto result = gateway()->send(message);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->provider, gateway()->name());
    EXPECT_EQ(house_.texts().back().text, text);
    EXPECT_EQ(house_.texts().back().reference, kId);
    EXPECT_EQ(house_.texts().back().to, "447900900123");
    EXPECT_EQ(house_.texts().back().sender, "COUNCIL");
    EXPECT_THAT(house_.texts().back().receipt_url, HasSubstr("https://post.example/notifications/sms/x"));
  }
  EXPECT_THAT(house_.faults(), IsEmpty());
}

TEST_P(GatewayTest, ATextAbroadUsesTheRightAccount) {
  ports::SmsMessage message = a_text();
  message.to = "4915112345678";
  message.international = true;
  ASSERT_TRUE(gateway()->send(message));
  EXPECT_THAT(house_.faults(), IsEmpty());
}

TEST_P(GatewayTest, TheHouseNamesTheText) {
  auto result = gateway()->send(a_text());
  ASSERT_TRUE(result);
  const char* wanted = GetParam() == SmsHouseKind::mmg      ? "100000"
                       : GetParam() == SmsHouseKind::twilio ? "SM100000"
                                                            : "";
  EXPECT_EQ(result->provider_reference, wanted);
}

TEST_P(GatewayTest, NoConnectionIsSurelyNotTaken) {
  auto failure = failure_of({.mode = refuse_connection});
  EXPECT_EQ(failure.kind, ErrorKind::retry_later);
  EXPECT_FALSE(failure.maybe_taken);
  EXPECT_THAT(house_.texts(), IsEmpty());
}

TEST_P(GatewayTest, AnAnswerThatDoesNotComeLeavesDoubt) {
  for (auto mode : {take_and_cut, answer_late}) {
    auto failure = failure_of({.mode = mode});
    EXPECT_EQ(failure.kind, ErrorKind::retry_later);
    EXPECT_TRUE(failure.maybe_taken);
  }
  EXPECT_EQ(house_.texts().size(), 2u);
}

TEST_P(GatewayTest, StatusesSayWhetherItWasTaken) {
  struct Case {
    int status;
    bool maybe_taken;
  };
  for (auto [status, maybe_taken] : {Case{500, false}, Case{503, false}, Case{429, false}, Case{502, true},
                                     Case{504, true}, Case{403, false}, Case{408, false}, Case{302, false}}) {
    auto failure = failure_of({.mode = answer, .status = status, .body = "x"});
    EXPECT_EQ(failure.kind, ErrorKind::retry_later) << status;
    EXPECT_EQ(failure.maybe_taken, maybe_taken) << status;
    EXPECT_THAT(failure.message, HasSubstr(std::to_string(status)));
  }
}

TEST_P(GatewayTest, AnUnreadableYesLeavesDoubt) {
  auto failure = failure_of({.mode = answer, .status = 200, .body = "<html>"});
  EXPECT_EQ(failure.kind, ErrorKind::retry_later);
  EXPECT_TRUE(failure.maybe_taken);
}

TEST_P(GatewayTest, AWrongKeyIsNoFaultOfTheText) {
  auto result = gateway("other")->send(a_text());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::retry_later);
  EXPECT_FALSE(result.error().maybe_taken);
}

TEST_P(GatewayTest, AnswersAreNotRepeatedInMessages) {
  auto failure =
      failure_of({.mode = answer, .status = 400, .body = R"({"Error":"447900900123 is bad","code":"x"})"});
  EXPECT_THAT(failure.message, testing::Not(HasSubstr("447900900123")));
}

INSTANTIATE_TEST_SUITE_P(all, GatewayTest,
                         testing::Values(SmsHouseKind::mmg, SmsHouseKind::firetext, SmsHouseKind::twilio),
                         [](const auto& info) {
                           return info.param == SmsHouseKind::mmg        ? "mmg"
                                  : info.param == SmsHouseKind::firetext ? "firetext"
                                                                         : "twilio";
                         });

class OneHouseTest : public testing::Test {
 protected:
  OneHouseTest() {
    set_log_sink([](std::string_view) {});
  }
  ~OneHouseTest() override { set_log_sink(nullptr); }
};

TEST_F(OneHouseTest, FiretextRefusesABadNumberForGood) {
  SmsHouse house({.kind = SmsHouseKind::firetext});
  FiretextGateway gateway({.url = "https://house.example/send", .api_key = "secret"}, house);
  house.trouble({.mode = answer, .status = 200, .body = R"({"code":2})"});
  EXPECT_EQ(gateway.send(a_text()).error().kind, ErrorKind::rejected);
  house.trouble({.mode = answer, .status = 200, .body = R"({"code":7})"});
  auto failure = gateway.send(a_text()).error();
  EXPECT_EQ(failure.kind, ErrorKind::retry_later);
  EXPECT_FALSE(failure.maybe_taken);
}

TEST_F(OneHouseTest, FiretextWithoutAnAccountForAbroadSendsNothingThere) {
  SmsHouse house({.kind = SmsHouseKind::firetext});
  FiretextGateway gateway({.url = "https://house.example/send", .api_key = "secret"}, house);
  ports::SmsMessage message = a_text();
  message.international = true;
  auto result = gateway.send(message);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("firetext.international_api_key"));
  EXPECT_FALSE(result.error().maybe_taken);
}

TEST_F(OneHouseTest, TwilioRefusesATextForGood) {
  SmsHouse house({.kind = SmsHouseKind::twilio});
  TwilioGateway gateway({.base_url = "https://house.example", .account_sid = "AC1", .auth_token = "secret"}, house);
  house.trouble({.mode = answer, .status = 400, .body = R"({"code":21211,"message":"bad To","status":400})"});
  auto failure = gateway.send(a_text()).error();
  EXPECT_EQ(failure.kind, ErrorKind::rejected);
  EXPECT_THAT(failure.message, HasSubstr("21211"));
}

TEST_F(OneHouseTest, TwilioWritesNumbersWithAPlusAndNamesWithout) {
  struct Case {
    std::string_view sender, from;
  };
  for (auto [sender, from] : {Case{"07123123123", "+447123123123"}, Case{"447123123123", "+447123123123"},
                              Case{"60003", "60003"}, Case{"COUNCIL", "COUNCIL"}, Case{"0Council", "0Council"}}) {
    SmsHouse house({.kind = SmsHouseKind::twilio});
    TwilioGateway gateway({.base_url = "https://house.example",
                           .account_sid = "AC1",
                           .auth_token = "secret",
                           .receipt_url = "https://post.example/r"},
                          house);
    ports::SmsMessage message = a_text();
    message.sender = sender;
    ASSERT_TRUE(gateway.send(message));
    EXPECT_EQ(house.texts().back().sender, from);
  }
}

}  // namespace
}  // namespace postroom::sms_http
