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

}  // namespace
}  // namespace postroom::receipts
