// Varied: SES's three kinds of news in both of its forms, members left out; SNS envelopes and the addresses that
// belong to SNS and those that only look like it.
#include "core/receipts/ses_event.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/json.h"
#include "core/receipts/sns_message.h"

namespace postroom::receipts {
namespace {

using enum notifications::NotificationStatus;

json::object an_event(std::string_view type) {
  return {{"notificationType", type},
          {"mail",
           {{"messageId", "0102-ses"},
            {"timestamp", "2026-05-14T12:15:30.000Z"},
            {"destination", {"ann@example.org"}}}}};
}

TEST(SesEvent, ADeliveryIsDelivered) {
  json::object event = an_event("Delivery");
  event["delivery"] = {{"timestamp", "2026-05-14T12:15:31.000Z"}};
  auto read = parse_ses_event(write_json(event));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, SesEvent::Kind::receipt);
  EXPECT_EQ(read->status, delivered);
  EXPECT_EQ(read->message_id, "0102-ses");
  EXPECT_EQ(read->sent_at, parse_rfc3339("2026-05-14T12:15:30Z"));
  EXPECT_TRUE(read->recipient.empty());
}

TEST(SesEvent, OnlyPermanentBouncesArePermanentFailures) {
  for (auto [type, status] :
       {std::pair{"Permanent", permanent_failure}, std::pair{"Transient", temporary_failure},
        std::pair{"Temporary", temporary_failure}, std::pair{"Undetermined", temporary_failure},
        std::pair{"permanent", temporary_failure}}) {
    json::object event = an_event("Bounce");
    event["bounce"] = {{"bounceType", type}, {"bounceSubType", "General"}};
    auto read = parse_ses_event(write_json(event));
    ASSERT_TRUE(read) << type;
    EXPECT_EQ(read->status, status) << type;
    EXPECT_EQ(read->detail, std::string("bounce ") + type + ", General");
  }
}

TEST(SesEvent, AComplaintIsNoStatus) {
  json::object event = an_event("Complaint");
  event["complaint"] = {
      {"feedbackId", "f1"}, {"complaintFeedbackType", "abuse"}, {"timestamp", "2026-05-15T08:00:00Z"}};
  auto read = parse_ses_event(write_json(event));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, SesEvent::Kind::complaint);
  EXPECT_EQ(read->feedback_id, "f1");
  EXPECT_EQ(read->complaint_type, "abuse");
  EXPECT_EQ(read->recipient, "ann@example.org");
  EXPECT_EQ(read->complained_at, parse_rfc3339("2026-05-15T08:00:00Z"));
}

TEST(SesEvent, EventPublishingIsReadToo) {
  json::object event = an_event("");
  event.erase("notificationType");
  event["eventType"] = "Delivery";
  EXPECT_TRUE(parse_ses_event(write_json(event)));
}

TEST(SesEvent, OtherNewsIsRefused) {
  for (std::string_view type : {"Open", "delivery", ""}) {
    EXPECT_EQ(parse_ses_event(write_json(an_event(type))).error().kind, ErrorKind::invalid_input) << type;
  }
  for (std::string_view text :
       {"", "{", "[]", "3", R"({"notificationType":"Delivery"})", R"({"notificationType":"Delivery","mail":{}})",
        R"({"notificationType":"Bounce","mail":{"messageId":"m"}})",
        R"({"notificationType":"Bounce","mail":{"messageId":"m"},"bounce":{}})",
        R"({"notificationType":"Complaint","mail":{"messageId":"m"},"complaint":{}})"}) {
    EXPECT_EQ(parse_ses_event(text).error().kind, ErrorKind::invalid_input) << text;
  }
}

json::object an_envelope(std::string_view type) {
  return {{"Type", type},
          {"MessageId", "m1"},
          {"TopicArn", "arn:aws:sns:eu-west-1:1:ses"},
          {"Message", "hello"},
          {"Timestamp", "2026-05-14T12:15:30.000Z"},
          {"SignatureVersion", "1"},
          {"Signature", to_base64("sig")},
          {"SigningCertURL", "https://sns.eu-west-1.amazonaws.com/c.pem"}};
}

TEST(SnsMessage, ANotificationsSignedTextIsInTheFormatsOrder) {
  json::object body = an_envelope("Notification");
  auto message = parse_sns_message(write_json(body));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->signature, "sig");
  EXPECT_EQ(
      signed_text(*message),
      "Message\nhello\nMessageId\nm1\nTimestamp\n2026-05-14T12:15:30.000Z\nTopicArn\narn:aws:sns:eu-west-1:1:ses\n"
      "Type\nNotification\n");
  body["Subject"] = "S";
  EXPECT_EQ(signed_text(*parse_sns_message(write_json(body))),
            "Message\nhello\nMessageId\nm1\nSubject\nS\nTimestamp\n2026-05-14T12:15:30.000Z\n"
            "TopicArn\narn:aws:sns:eu-west-1:1:ses\nType\nNotification\n");
}

TEST(SnsMessage, AConfirmationHasTokenAndAddress) {
  json::object body = an_envelope("SubscriptionConfirmation");
  EXPECT_EQ(parse_sns_message(write_json(body)).error().message, "Token must be a string");
  body["Token"] = "t";
  body["SubscribeURL"] = "https://sns.eu-west-1.amazonaws.com/?x";
  body["SignatureVersion"] = "2";
  auto message = parse_sns_message(write_json(body));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->signature_version, 2);
  EXPECT_EQ(signed_text(*message),
            "Message\nhello\nMessageId\nm1\nSubscribeURL\nhttps://sns.eu-west-1.amazonaws.com/?x\nTimestamp\n"
            "2026-05-14T12:15:30.000Z\nToken\nt\nTopicArn\narn:aws:sns:eu-west-1:1:ses\nType\n"
            "SubscriptionConfirmation\n");
}

TEST(SnsMessage, EachMemberIsNeeded) {
  for (const char* name : {"Type", "MessageId", "TopicArn", "Message", "Timestamp", "SignatureVersion", "Signature",
                           "SigningCertURL"}) {
    json::object body = an_envelope("Notification");
    body[name] = 3;
    EXPECT_EQ(parse_sns_message(write_json(body)).error().kind, ErrorKind::invalid_input) << name;
    body.erase(name);
    auto message = parse_sns_message(write_json(body));
    ASSERT_FALSE(message) << name;
    EXPECT_NE(message.error().message.find(name), std::string::npos) << message.error().message;
  }
  json::object body = an_envelope("Other");
  EXPECT_FALSE(parse_sns_message(write_json(body)));
  body = an_envelope("Notification");
  body["Signature"] = "not base64!";
  EXPECT_FALSE(parse_sns_message(write_json(body)));
}

TEST(SnsMessage, OnlyAddressesOfSnsAreTrusted) {
  for (const char* url :
       {"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.cn-north-1.amazonaws.com.cn/x", "https://sns.us-gov-west-1.amazonaws.com/?a=b"}) {
    EXPECT_TRUE(is_sns_url(url)) << url;
  }
  for (const char* url :
       {"http://sns.eu-west-1.amazonaws.com/x", "https://sns.eu-west-1.amazonaws.com",
        "https://sns.amazonaws.com/x", "https://sns..amazonaws.com/x", "https://sns.evil.example/x",
        "https://sns.eu.amazonaws.com.evil.example/x", "https://evil.example/sns.eu-west-1.amazonaws.com/",
        "https://sns.a@evil.example/.amazonaws.com/", "https://sns.eu-west-1.amazonaws.com:444/x",
        "https://sns.eu-west-1.amazonaws.com?/x", "https://u:p@sns.eu-west-1.amazonaws.com/x",
        "https://s3.eu-west-1.amazonaws.com/x", "https://sns.bucket.s3.amazonaws.com/x",
        "HTTPS://SNS.EU.AMAZONAWS.COM/x", ""}) {
    EXPECT_FALSE(is_sns_url(url)) << url;
  }
}

}  // namespace
}  // namespace postroom::receipts
