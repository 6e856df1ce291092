// Varied: every number the providers document and some they do not, with and without codes, for messages of theirs
// and of others; and bodies with fields missing, empty, numeric or too long.
#include "core/receipts/sms_receipt.h"

#include <gtest/gtest.h>

#include <map>

namespace postroom::receipts {
namespace {

using enum notifications::NotificationStatus;
using notifications::NotificationStatus;

TEST(SmsReceipt, MmgStatusesMapToOurs) {
  const std::map<std::string, NotificationStatus> table{
      {"2", permanent_failure}, {"3", delivered}, {"4", temporary_failure}, {"5", permanent_failure}};
  for (const auto& [status, expected] : table) {
    for (const char* substatus : {"", "1", "5", "2049", "77"}) {
      SmsOutcome outcome = outcome_of({SmsProvider::mmg, "r", status, substatus}, "mmg");
      EXPECT_EQ(outcome.status, expected) << status;
      EXPECT_EQ(outcome.if_pending, expected) << status;
      EXPECT_TRUE(outcome.is_known);
    }
  }
  for (const char* status : {"0", "1", "6", "9", "03", "3 ", "delivered"}) {
    SmsOutcome outcome = outcome_of({SmsProvider::mmg, "r", status, ""}, "mmg");
    EXPECT_EQ(outcome.status, technical_failure) << status;
    EXPECT_FALSE(outcome.is_known) << status;
  }
}

TEST(SmsReceipt, FiretextStatusesMapToOurs) {
  EXPECT_EQ(outcome_of({SmsProvider::firetext, "r", "0", "000"}, "firetext").status, delivered);
  EXPECT_EQ(outcome_of({SmsProvider::firetext, "r", "2", ""}, "firetext").status, pending);
  EXPECT_EQ(outcome_of({SmsProvider::firetext, "r", "2", ""}, "firetext").if_pending, pending);
  for (const char* status : {"3", "00", "-1", "x"}) {
    SmsOutcome outcome = outcome_of({SmsProvider::firetext, "r", status, ""}, "firetext");
    EXPECT_EQ(outcome.status, technical_failure) << status;
    EXPECT_FALSE(outcome.is_known) << status;
  }
}

TEST(SmsReceipt, FiretextCodesRefineAFailure) {
  for (const char* code : {"000", "102", "103", "104", "302", "900"}) {
    SmsOutcome outcome = outcome_of({SmsProvider::firetext, "r", "1", code}, "firetext");
    EXPECT_EQ(outcome.status, temporary_failure) << code;
    EXPECT_EQ(outcome.if_pending, temporary_failure) << code;
  }
  for (const char* code : {"101", "201", "301", "401"}) {
    SmsOutcome outcome = outcome_of({SmsProvider::firetext, "r", "1", code}, "firetext");
    EXPECT_EQ(outcome.status, permanent_failure) << code;
    EXPECT_EQ(outcome.if_pending, permanent_failure) << code;
  }
  for (const char* code : {"", "999", "1", "0000"}) {
    SmsOutcome outcome = outcome_of({SmsProvider::firetext, "r", "1", code}, "firetext");
    EXPECT_EQ(outcome.status, permanent_failure) << code;
    EXPECT_EQ(outcome.if_pending, temporary_failure) << code;
  }
}

TEST(SmsReceipt, FiretextCodesRefineNothingForAnotherProvidersMessage) {
  for (const char* code : {"", "000", "101"}) {
    SmsOutcome outcome = outcome_of({SmsProvider::firetext, "r", "1", code}, "mmg");
    EXPECT_EQ(outcome.status, permanent_failure) << code;
    EXPECT_EQ(outcome.if_pending, permanent_failure) << code;
  }
}

TEST(SmsReceipt, TheDetailTellsTheProvidersNumbers) {
  EXPECT_EQ(outcome_of({SmsProvider::mmg, "r", "4", "6"}, "mmg").detail, "status 4, substatus 6");
  EXPECT_EQ(outcome_of({SmsProvider::mmg, "r", "3", ""}, "mmg").detail, "status 3");
  EXPECT_EQ(outcome_of({SmsProvider::firetext, "r", "1", "104"}, "firetext").detail, "status 1, code 104");
  EXPECT_EQ(outcome_of({SmsProvider::mmg, "r", std::string(30, '7'), "a b"}, "").detail,
            "status (unreadable), substatus (unreadable)");
}

TEST(SmsReceipt, MmgBodiesAreRead) {
  auto receipt = read_mmg_receipt(R"({"status":"3","CID":"abc","substatus":"5","MSISDN":"447900900123"})");
  ASSERT_TRUE(receipt);
  EXPECT_EQ(*receipt, (SmsReceipt{SmsProvider::mmg, "abc", "3", "5"}));
  receipt = read_mmg_receipt(R"({"status":0,"CID":17,"substatus":null})");
  ASSERT_TRUE(receipt);
  EXPECT_EQ(*receipt, (SmsReceipt{SmsProvider::mmg, "17", "0", ""}));
}

TEST(SmsReceipt, EachMissingFieldIsNamed) {
  auto faults = [](std::string_view body) { return read_mmg_receipt(body).error(); };
  EXPECT_EQ(faults(R"({"CID":"x"})"), Faults{"MMG: status is missing"});
  EXPECT_EQ(faults(R"({"status":"","CID":null})"), (Faults{"MMG: status is missing", "MMG: CID is missing"}));
  EXPECT_EQ(faults(R"({"status":[3],"CID":"x"})"), Faults{"MMG: status is missing"});
  for (const char* body : {"", "{", "[]", "3", "null", "\"x\""}) {
    EXPECT_EQ(faults(body), Faults{"MMG: the body is not a JSON object"}) << body;
  }
  EXPECT_EQ(faults(R"({"status":"3","CID":")" + std::string(256, 'x') + "\"}"),
            Faults{"MMG: CID is longer than 255 bytes"});
}

TEST(SmsReceipt, FiretextFormsAreRead) {
  auto receipt = read_firetext_receipt(
      {{"status", "1"}, {"reference", "abc"}, {"code", "104"}, {"status", "0"}, {"mobile", "1"}});
  ASSERT_TRUE(receipt);
  EXPECT_EQ(*receipt, (SmsReceipt{SmsProvider::firetext, "abc", "1", "104"}));
  EXPECT_EQ(read_firetext_receipt({}).error(),
            (Faults{"Firetext: status is missing", "Firetext: reference is missing"}));
  EXPECT_EQ(read_firetext_receipt({{"status", "0"}, {"reference", ""}}).error(),
            Faults{"Firetext: reference is missing"});
  EXPECT_EQ(read_firetext_receipt({{"status", "0"}, {"reference", "\xff"}}).error(),
            Faults{"Firetext: reference is not UTF-8 text"});
  EXPECT_EQ(read_firetext_receipt({{"status", "1"}, {"reference", "r"}, {"code", "\xff"}})->code, "");
}

TEST(SmsReceipt, ProvidersHaveOneNameEach) {
  for (SmsProvider provider : {SmsProvider::mmg, SmsProvider::firetext}) {
    EXPECT_EQ(parse_sms_provider(to_string(provider)), provider);
  }
  EXPECT_FALSE(parse_sms_provider("MMG"));
}

TEST(SmsReceipt, TwilioStatusesMapToOurs) {
  auto outcome = [](std::string status, std::string code = "") {
    return outcome_of({SmsProvider::twilio, "r", std::move(status), std::move(code)}, "twilio");
  };
  EXPECT_EQ(outcome("delivered").status, delivered);
  EXPECT_EQ(outcome("read").status, delivered);
  EXPECT_EQ(outcome("undelivered", "30003").status, temporary_failure);
  EXPECT_EQ(outcome("undelivered", "30005").status, permanent_failure);
  EXPECT_EQ(outcome("failed", "30002").status, technical_failure);
  EXPECT_EQ(outcome("failed").status, permanent_failure);
  EXPECT_EQ(outcome("undelivered", "30003").detail, "status undelivered, code 30003");
  for (const char* status : {"queued", "sending", "sent", "accepted"}) EXPECT_TRUE(outcome(status).says_nothing);
  EXPECT_FALSE(outcome("DELIVERED").is_known);
  EXPECT_EQ(outcome("DELIVERED").status, technical_failure);
}

TEST(SmsReceipt, SmppStatesMapToOurs) {
  const std::map<std::string, NotificationStatus> table{
      {"DELIVRD", delivered},         {"EXPIRED", temporary_failure}, {"DELETED", permanent_failure},
      {"UNDELIV", permanent_failure}, {"UNKNOWN", temporary_failure}, {"REJECTD", permanent_failure}};
  for (const auto& [state, expected] : table) {
    EXPECT_EQ(outcome_of({SmsProvider::smpp, "1", state, "000"}, "smpp").status, expected) << state;
    EXPECT_FALSE(outcome_of({SmsProvider::smpp, "1", state, "000"}, "smpp").says_nothing) << state;
  }
  EXPECT_TRUE(outcome_of({SmsProvider::smpp, "1", "ENROUTE", ""}, "smpp").says_nothing);
  EXPECT_FALSE(outcome_of({SmsProvider::smpp, "1", "LOST", ""}, "smpp").is_known);
}

TEST(SmsReceipt, TwilioFieldsAreReadAndTheReferenceComesFromTheAddress) {
  auto receipt = read_twilio_receipt(
      {{"MessageSid", "SM1"}, {"MessageStatus", "undelivered"}, {"ErrorCode", "30003"}}, "7a1f0b7e");
  ASSERT_TRUE(receipt);
  EXPECT_EQ(*receipt, (SmsReceipt{SmsProvider::twilio, "7a1f0b7e", "undelivered", "30003"}));
  EXPECT_EQ(read_twilio_receipt({{"SmsStatus", "sent"}}, "r")->status, "sent");
  EXPECT_EQ(read_twilio_receipt({{"ErrorCode", "1"}}, "").error().size(), 2u);
}

TEST(SmsReceipt, CustomReceiptsFollowTheirRules) {
  CustomReceiptRules rules{
      .reference = "data.0.ref",
      .status = "data.0.state",
      .code = "data.0.err",
      .statuses = {{"ok", "delivered"}, {"transit", "ignored"}, {"gone", "permanent-failure"}}};
  auto read = [&](std::string body) { return read_custom_receipt(*parse_json(body), rules); };
  auto receipt = read(R"({"data":[{"ref":"r1","state":"OK","err":7}]})");
  ASSERT_TRUE(receipt);
  EXPECT_EQ(*receipt, (SmsReceipt{SmsProvider::http, "r1", "delivered", "7"}));
  EXPECT_EQ(outcome_of(*receipt, "http").status, delivered);
  EXPECT_TRUE(outcome_of(*read(R"({"data":[{"ref":"r1","state":"transit"}]})"), "http").says_nothing);
  auto other = read(R"({"data":[{"ref":"r1","state":"new word"}]})");
  EXPECT_FALSE(outcome_of(*other, "http").is_known);
  EXPECT_EQ(outcome_of(*other, "http").detail, "status unknown, code (unreadable)");
  EXPECT_EQ(read(R"({"data":{}})").error().size(), 2u);
  EXPECT_EQ(read("[]").error().size(), 2u);
  rules = {.reference = "id", .status = "s", .is_theirs = true, .statuses = {{"0", "delivered"}}};
  auto form = read_custom_receipt(Form{{"id", "m-1"}, {"s", "0"}}, rules);
  ASSERT_TRUE(form);
  EXPECT_TRUE(form->is_theirs);
  EXPECT_EQ(form->status, "delivered");
}

}  // namespace
}  // namespace postroom::receipts
