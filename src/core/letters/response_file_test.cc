// Varied: names, lines and line ends of response files. Held: what each line says, and that a line of the wrong
// shape rejects the whole file.
#include "core/letters/response_file.h"

#include <gtest/gtest.h>

#include "core/letters/response_notification.h"

namespace postroom::letters {
namespace {

TEST(ResponseFile, RS2_X60_X61_which_keys) {
  for (const char* key : {"NOTIFY-20180202093015-RSP.TXT", "notify.20180202093015.rsp.txt",
                          "Notify-201801020304-rs.txt", "Notify-20180202093015-Rsp.Txt", "foo rsp.txt"})
    EXPECT_TRUE(is_response_key(key)) << key;
  for (const char* key : {"bar.ack.txt", "bar.txt", "root/dispatch/NOTIFY.20180111175007.ACK.txt", ""})
    EXPECT_FALSE(is_response_key(key)) << key;
}

TEST(ResponseFile, RS3_billing_day) {
  const TimeZone zone = TimeZone::load("Europe/London").value();
  const auto day = [&](const char* name) {
    const auto found = response_billing_day(name, zone);
    return found ? format_date(*found) : "";
  };
  EXPECT_EQ(day("NOTIFY-20180702233000-RSP.TXT"), "2018-07-03");
  EXPECT_EQ(day("NOTIFY-20180903101060-RSP.TXT"), "2018-09-03");
  EXPECT_EQ(day("NOTIFY.20180202093015.RSP.TXT"), "2018-02-02");
  EXPECT_EQ(day("root/notify-20180202093015-rsp.txt"), "2018-02-02");
  EXPECT_EQ(day("Notify-201801020304-rs.txt"), "2018-01-02");
  EXPECT_EQ(day("NOTIFY-20180202093015-ABCDEFGHIJKLMNOP-RSP.TXT"), "2018-02-02");
  for (const char* bad :
       {"", "rsp.txt", "NOTIFY-2018-RSP.TXT", "NOTIFY-20181302093015-RSP.TXT", "NOTIFY-2018020209301x-RSP.TXT"})
    EXPECT_EQ(day(bad), "") << bad;
}

TEST(ResponseFile, RS4_lines) {
  const auto lines = parse_response_file(
      "AAAAAAAAAAAAAAAA|Sent|1|Sorted\n"
      "BBBBBBBBBBBBBBBB|Failed|2|Unsorted\n"
      "CCCCCCCCCCCCCCCC|sent|x|UNSORTED|2024-01-15\n"
      "dddddddddddddddd| Sent | 0 | Error | not a date\n");
  ASSERT_TRUE(lines) << lines.error().message;
  ASSERT_EQ(lines->size(), 4u);
  EXPECT_EQ((*lines)[0].reference, "AAAAAAAAAAAAAAAA");
  EXPECT_TRUE((*lines)[0].sent);
  EXPECT_EQ((*lines)[0].sheets, 1);
  EXPECT_EQ((*lines)[0].cost_class, CostClass::sorted);
  EXPECT_FALSE((*lines)[0].despatched_on);
  EXPECT_FALSE((*lines)[1].sent);
  EXPECT_EQ((*lines)[1].status, "Failed");
  EXPECT_EQ((*lines)[1].cost_class, CostClass::unsorted);
  EXPECT_TRUE((*lines)[2].sent);
  EXPECT_FALSE((*lines)[2].sheets);
  EXPECT_EQ((*lines)[2].cost_class, CostClass::unsorted);
  EXPECT_EQ((*lines)[2].despatched_on, parse_date("2024-01-15"));
  EXPECT_EQ((*lines)[3].reference, "DDDDDDDDDDDDDDDD");  // X65, X66
  EXPECT_TRUE((*lines)[3].sent);
  EXPECT_EQ((*lines)[3].sheets, 0);
  EXPECT_FALSE((*lines)[3].cost_class);
  EXPECT_FALSE((*lines)[3].despatched_on);
  EXPECT_EQ((*lines)[3].number, 4);
}

TEST(ResponseFile, RS4_windows_line_ends_and_empty_files) {
  EXPECT_EQ(parse_response_file("")->size(), 0u);
  EXPECT_EQ(parse_response_file("\n\r\n")->size(), 0u);
  const auto lines = parse_response_file("AAAAAAAAAAAAAAAA|Sent|1|Sorted\r\nBBBBBBBBBBBBBBBB|Sent|1|Unsorted\r\n");
  ASSERT_EQ(lines->size(), 2u);
  EXPECT_EQ((*lines)[0].cost_text, "Sorted");
  EXPECT_EQ((*lines)[1].cost_class, CostClass::unsorted);
}

TEST(ResponseFile, RS8_wrong_field_count_rejects_the_file_and_names_the_line) {
  for (const char* bad : {"A|Sent|1", "A|Sent|1|Sorted|2024-01-15|x", "A", "A|Sent|1|Sorted|2024-01-15|x|y|z"}) {
    const auto lines = parse_response_file(std::string("AAAAAAAAAAAAAAAA|Sent|1|Sorted\n\n") + bad);
    ASSERT_FALSE(lines) << bad;
    EXPECT_EQ(lines.error().kind, ErrorKind::invalid_input);
    EXPECT_NE(lines.error().message.find("line 3 "), std::string::npos) << lines.error().message;
  }
}

TEST(ResponseFile, RM4_fake_answer_counts_no_sheets) {
  const auto lines = parse_response_file(fake_response_content("AAAAAAAAAAAAAAAA"));
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 1u);
  EXPECT_EQ(fake_response_content("AAAAAAAAAAAAAAAA"), "AAAAAAAAAAAAAAAA|Sent|0|Sorted");
  EXPECT_TRUE((*lines)[0].sent);
  EXPECT_EQ((*lines)[0].sheets, 0);
  const UtcTime now = *parse_rfc3339("2018-02-02T09:30:15Z");
  EXPECT_EQ(fake_response_name(now, "AAAAAAAAAAAAAAAA"), "NOTIFY-20180202093015-AAAAAAAAAAAAAAAA-RSP.TXT");
  EXPECT_TRUE(is_response_key(fake_response_name(now, "AAAAAAAAAAAAAAAA")));
  EXPECT_NE(fake_response_name(now, "AAAAAAAAAAAAAAAA"), fake_response_name(now, "BBBBBBBBBBBBBBBB"));
}

TEST(ResponseNotification, RS2_notification_of_a_new_file) {
  const auto message = parse_response_notification(
      R"({"Type": "Notification", "MessageId": "some-message-id", "Message": "{\"Records\":[{\"s3\":{\"object\":{\"key\":\"NOTIFY-20180202093015-RSP.TXT\"}}}]}"})");
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_EQ(message->kind, ResponseNotification::Kind::notification);
  EXPECT_EQ(message->message_id, "some-message-id");
  EXPECT_EQ(message->key, "NOTIFY-20180202093015-RSP.TXT");
}

TEST(ResponseNotification, RS2_keys_are_percent_decoded) {
  const auto message = parse_response_notification(
      R"({"Type":"Notification","MessageId":"i","TopicArn":"t","Message":{"Records":[{"s3":{"object":{"key":"foo%20a+b-rsp.txt"}}}]}})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->key, "foo a b-rsp.txt");
  EXPECT_EQ(message->topic, "t");
}

TEST(ResponseNotification, X63_without_records_has_no_key) {
  for (const char* inner : {R"("{}")", R"("not json")", R"({"Records":[]})", R"({"Records":[{"s3":1}]})", R"("[]")",
                            R"({"Records":[7]})", R"({"Records":[{"s3":{"object":{"key":5}}}]})"}) {
    const auto message = parse_response_notification(
        fmt::format(R"({{"Type":"Notification","MessageId":"i","Message":{}}})", inner));
    ASSERT_TRUE(message) << inner;
    EXPECT_FALSE(message->key) << inner;
  }
}

TEST(ResponseNotification, RS2_subscription) {
  const auto message = parse_response_notification(
      R"({"Type":"SubscriptionConfirmation","MessageId":"i","Message":"m","SubscribeURL":"https://sns.example/confirm"})");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, ResponseNotification::Kind::subscription_confirmation);
  EXPECT_EQ(message->subscribe_url, "https://sns.example/confirm");
}

TEST(ResponseNotification, RS2_schema) {
  for (const char* bad :
       {"", "[]", "{}", R"({"Type":"Other","MessageId":"i","Message":"m"})",
        R"({"Type":"Notification","Message":"m"})", R"({"Type":"Notification","MessageId":5,"Message":"m"})",
        R"({"Type":"Notification","MessageId":"i"})", R"({"Type":"Notification","MessageId":"i","Message":5})"}) {
    const auto message = parse_response_notification(bad);
    ASSERT_FALSE(message) << bad;
    EXPECT_EQ(message.error().kind, ErrorKind::invalid_input);
  }
}

}  // namespace
}  // namespace postroom::letters
