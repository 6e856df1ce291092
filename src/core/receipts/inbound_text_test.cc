// Varied: what the providers post, down to single escapes; fields left out; and the two forms in which a text goes
// out again.
#include "core/receipts/inbound_text.h"

#include <gtest/gtest.h>

namespace postroom::receipts {
namespace {

struct Decoding {
  std::string_view sent;
  std::string_view read;
};

TEST(InboundText, MmgTextIsDecoded) {
  const Decoding rows[] = {
      {"", ""},
      {"Hello+there", "Hello there"},
      {"1%2B1+%3D+2", "1+1 = 2"},
      {"caf%C3%A9", "café"},
      {R"(caf\u00e9)", "café"},
      {R"(caf%5Cu00e9)", "café"},
      {R"(\xe9\351\U000000e9)", "ééé"},
      {R"(a\nb\tc\\d\'e\"f)", "a\nb\tc\\d'e\"f"},
      {R"(\ud83d\ude00)", "😀"},
      {R"(\U0001F600)", "😀"},
      {R"(\ud83d!)", "\xEF\xBF\xBD!"},
      {R"(\ude00)", "\xEF\xBF\xBD"},
      {R"(\ud83d)", "\xEF\xBF\xBD"},
      {R"(\q \u12 \x \U11000000)", R"(\q \u12 \x \U11000000)"},
      {"end\\", "end\\"},
      {"100%", "100%"},
      {"%E9", "\xEF\xBF\xBD"},
      {"£5 for 😀", "£5 for 😀"},
  };
  for (const Decoding& row : rows) EXPECT_EQ(decode_mmg_text(row.sent), row.read) << row.sent;
}

TEST(InboundText, OurNumberIsReadInNationalForm) {
  EXPECT_EQ(national_number("447123123123"), "07123123123");
  EXPECT_EQ(national_number("07123123123"), "07123123123");
  EXPECT_EQ(national_number("40604"), "40604");
  EXPECT_EQ(national_number(""), "");
}

json::value mmg_body() {
  return json::object{{"MSISDN", "447900900123"},
                      {"Number", "447123123123"},
                      {"Message", "Hello+%26+\\u00e9"},
                      {"ID", "m1"},
                      {"DateRecieved", "2026-05-21+11%3A56%3A11"}};
}

TEST(InboundText, MmgMessagesAreRead) {
  auto message = read_mmg_message(mmg_body());
  ASSERT_TRUE(message);
  EXPECT_EQ(*message, (InboundMessage{SmsProvider::mmg, "07123123123", "447900900123", "Hello & é", "m1",
                                      parse_rfc3339("2026-05-21T11:56:11Z")}));
}

TEST(InboundText, AnUnreadableTimeIsNoFault) {
  json::value body = mmg_body();
  body.as_object()["DateRecieved"] = "yesterday";
  EXPECT_EQ(read_mmg_message(body)->sent_at, std::nullopt);
}

TEST(InboundText, SendersThatAreNoNumbersStayAsTheyAre) {
  json::value body = mmg_body();
  for (auto [sent, read] :
       {std::pair{"07900 900 123", "447900900123"}, std::pair{"+33 6 12 34 56 78", "33612345678"},
        std::pair{"VODAFONE", "VODAFONE"}, std::pair{"60003", "60003"}}) {
    body.as_object()["MSISDN"] = sent;
    EXPECT_EQ(read_mmg_message(body)->sender, read);
  }
}

TEST(InboundText, EachFieldIsNeeded) {
  for (const char* name : {"MSISDN", "Number", "Message", "ID", "DateRecieved"}) {
    json::value body = mmg_body();
    body.as_object().erase(name);
    auto message = read_mmg_message(body);
    ASSERT_FALSE(message) << name;
    EXPECT_EQ(message.error(), Faults{std::string("MMG: ") + name + " is missing"});
  }
  EXPECT_FALSE(read_mmg_message(json::array{}));
  const Form form{{"source", "447900900123"}, {"destination", "07123123123"}, {"message", "Hi"}, {"time", "x"}};
  for (std::size_t i = 0; i < form.size(); ++i) {
    Form less = form;
    less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
    auto message = read_firetext_message(less);
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error(), Faults{"Firetext: " + form[i].first + " is missing"});
  }
}

TEST(InboundText, AnEmptyTextIsATextAndATooLongOneIsNot) {
  json::value body = mmg_body();
  body.as_object()["Message"] = "";
  EXPECT_EQ(read_mmg_message(body)->content, "");
  body.as_object()["Message"] = std::string(kInboundTextBytesMax, 'x');
  EXPECT_TRUE(read_mmg_message(body));
  body.as_object()["Message"] = std::string(kInboundTextBytesMax + 1, 'x');
  EXPECT_FALSE(read_mmg_message(body));
}

TEST(InboundText, FiretextTextIsVerbatim) {
  auto message = read_firetext_message({{"source", "447900900123"},
                                        {"destination", "447123123123"},
                                        {"message", "1+1 \\u00e9 100%"},
                                        {"time", "2026-05-21 11:56:11"}});
  ASSERT_TRUE(message);
  EXPECT_EQ(*message, (InboundMessage{SmsProvider::firetext, "07123123123", "447900900123", "1+1 \\u00e9 100%", "",
                                      parse_rfc3339("2026-05-21T11:56:11Z")}));
}

InboundText a_text() {
  return {.id = *InboundTextId::parse("b51f3c1e-0000-4000-8000-000000000001"),
          .service_id = *ServiceId::parse("5c1a3c1e-0000-4000-8000-000000000002"),
          .notify_number = "07123123123",
          .provider = "mmg",
          .provider_reference = "m1",
          .provider_date = *parse_rfc3339("2026-05-01T09:59:58Z"),
          .created_at = *parse_rfc3339("2026-05-01T10:00:00Z"),
          .user_number = "447900900123",
          .content = "Say \"hi\"\n"};
}

TEST(InboundText, ThePersonalPartReadsBack) {
  InboundText text = a_text();
  InboundText other = text;
  other.user_number = other.content = "";
  ASSERT_TRUE(restore_personal_part(other, personal_part(text)));
  EXPECT_EQ(other, text);
  for (const char* damaged : {"", "{}", "[]", R"({"content":"x"})"}) {
    EXPECT_EQ(restore_personal_part(other, damaged).error().kind, ErrorKind::corrupt) << damaged;
  }
}

class InboundWire : public testing::Test {
 protected:
  TimeZone zone_ = *TimeZone::load("Europe/London");
  notifications::WireContext wire_{"https://api.example.org", zone_, recipients::BankHolidays::england_and_wales()};
};

TEST_F(InboundWire, APageHasSixMembersATextAndALinkToTheNext) {
  EXPECT_EQ(inbound_texts_json(wire_, {a_text()}),
            R"({"received_text_messages":[{"id":"b51f3c1e-0000-4000-8000-000000000001",)"
            R"("created_at":"2026-05-01T10:00:00.000000Z","service_id":"5c1a3c1e-0000-4000-8000-000000000002",)"
            R"("notify_number":"07123123123","user_number":"447900900123","content":"Say \"hi\"\n"}],)"
            R"("links":{"current":"https://api.example.org/v2/received-text-messages",)"
            R"("next":"https://api.example.org/v2/received-text-messages?older_than=)"
            R"(b51f3c1e-0000-4000-8000-000000000001"}})");
}

TEST_F(InboundWire, AnEmptyPageHasNoNext) {
  EXPECT_EQ(inbound_texts_json(wire_, {}),
            R"({"received_text_messages":[],)"
            R"("links":{"current":"https://api.example.org/v2/received-text-messages"}})");
}

TEST_F(InboundWire, TheCallbackHasTheProvidersTime) {
  EXPECT_EQ(inbound_callback_json(a_text()),
            R"({"id":"b51f3c1e-0000-4000-8000-000000000001","source_number":"447900900123",)"
            R"("destination_number":"07123123123","message":"Say \"hi\"\n",)"
            R"("date_received":"2026-05-01T09:59:58.000000Z"})");
}

}  // namespace
}  // namespace postroom::receipts
