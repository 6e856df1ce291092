// Varies every field of requests around its limits; all faults are told at once, in a fixed order, and hostile
// documents give messages, never crashes.
#include "core/notifications/requests.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "core/notifications/request_json.h"

namespace postroom::notifications {
namespace {

const UtcTime kNow = *parse_rfc3339("2026-03-02T09:00:00Z");
constexpr std::string_view kId = "9b1f7f36-0a3e-4d0b-8f2b-2f8f5f6f7a10";

json::value parsed(std::string_view text) {
  auto document = parse_request_json(text);
  EXPECT_TRUE(document) << text;
  return document ? std::move(*document) : json::value(nullptr);
}
std::string sms_with(std::string_view more) {
  return R"({"phone_number":"07900900123","template_id":")" + std::string(kId) + "\"" + std::string(more) + "}";
}
std::string email_with(std::string_view more) {
  return R"({"email_address":"ada@reader.example","template_id":")" + std::string(kId) + "\"" + std::string(more) +
         "}";
}
// The faults of an sms request, joined; empty when there are none.
std::string sms_faults(std::string_view body) {
  auto request = parse_sms_request(parsed(body), body, kNow);
  return request ? "" : join(request.error(), "; ");
}
std::string email_faults(std::string_view body) {
  auto request = parse_email_request(parsed(body), body, kNow);
  return request ? "" : join(request.error(), "; ");
}

TEST(Requests, SmsKeepsWhatWasGiven) {
  std::string body = sms_with(
      R"(,"reference":"","personalisation":{"b":1,"a":null},"sms_sender_id":"{9B1F7F360A3E4D0B8F2B2F8F5F6F7A10}")");
  auto request = parse_sms_request(parsed(body), body, kNow);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->number.normalised(), "447900900123");
  EXPECT_EQ(request->reference, "");
  EXPECT_EQ(write_json(request->personalisation), R"({"b":1,"a":null})");
  EXPECT_EQ(request->sms_sender_id->text(), kId);
}

TEST(Requests, FaultsComeInOrder) {
  std::string body = R"({"phone_number":"abc","template_id":"zz","foo":1,"reference":5})";
  auto request = parse_sms_request(parsed(body), body, kNow);
  ASSERT_FALSE(request);
  ASSERT_EQ(request.error().size(), 4u);
  const char* starts[] = {"reference 5", "phone_number ", "template_id is not a valid UUID", "foo is not a known"};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(request.error()[i].starts_with(starts[i])) << request.error()[i];
  EXPECT_EQ(sms_faults("{}"), "phone_number is a required property; template_id is a required property");
  EXPECT_EQ(sms_faults(sms_with(R"(,"zebra":1,"apple":2)")),
            "apple, zebra are not known properties here, leave them out");
}

TEST(Requests, ReferenceCountsCharacters) {
  std::string limit;
  for (int i = 0; i < 1000; ++i) limit += "é";
  EXPECT_EQ(sms_faults(sms_with(",\"reference\":\"" + limit + "\"")), "");
  EXPECT_NE(sms_faults(sms_with(",\"reference\":\"" + limit + "x\"")).find("1000"), std::string::npos);
  EXPECT_NE(sms_faults(sms_with(",\"reference\":null")).find("reference None"), std::string::npos);
}

TEST(Requests, ScheduledForIsATimeOfTheNextDay) {
  const std::pair<std::string_view, std::string_view> good[] = {
      {"2026-03-02T09:00:00", "2026-03-02T09:00:00Z"},
      {"2026-03-02 09:01", "2026-03-02T09:01:00Z"},
      {"2026-03-03", "2026-03-03T00:00:00Z"},
      {"2026-03-03T09:00:00Z", "2026-03-03T09:00:00Z"},
      {"2026-03-02T14:30:00+05:00", "2026-03-02T09:30:00Z"},
      {"2026-03-03T04:00:00-05:00", "2026-03-03T09:00:00Z"},
      {"2026-03-02T09:00:00.5Z", "2026-03-02T09:00:00.5Z"},
      {"2026-03-02T10:01+01:00", "2026-03-02T09:01:00Z"}};
  for (auto [text, time] : good) {
    const std::string more = ",\"scheduled_for\":\"" + std::string(text) + "\"";
    EXPECT_EQ(sms_faults(sms_with(more)), "") << text;
    auto sms = parse_sms_request(parsed(sms_with(more)), sms_with(more), kNow);
    auto email = parse_email_request(parsed(email_with(more)), email_with(more), kNow);
    EXPECT_EQ(sms->scheduled_for, parse_rfc3339(time)) << text;
    EXPECT_EQ(email->scheduled_for, parse_rfc3339(time)) << text;
  }
  auto none = parse_sms_request(parsed(sms_with(",\"scheduled_for\":null")), "", kNow);
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->scheduled_for);
  for (std::string_view bad : {"\"2026-03-02\"", "\"2026-03-02T08:59:59\"", "\"2026-03-03T09:00:01\"",
                               "\"2026-03-02T10:00:00+05:00\"", "\"2026-03-03T08:00:00-05:00\"", "\"tomorrow\"",
                               "5", "\"2026-03-02T25:00\"", "\"2026-03-02T10:00:00+99\"", "\"\""}) {
    EXPECT_TRUE(sms_faults(sms_with(",\"scheduled_for\":" + std::string(bad))).starts_with("scheduled_for "))
        << bad;
  }
}

TEST(Requests, UnsubscribeUrlIsStrict) {
  for (std::string_view good :
       {"https://reader.example/u?t=1", "https://r.example", "https://r.example:8443/%41#x"}) {
    EXPECT_EQ(email_faults(email_with(",\"one_click_unsubscribe_url\":\"" + std::string(good) + "\"")), "") << good;
  }
  for (std::string_view bad :
       {"http://reader.example", "HTTPS://reader.example", "https:", "https://", "https:///x", "https://:80",
        "https://a b", "https://例え.jp", "https://a/<x>", "https://a/%4", "https://a#b#c"}) {
    EXPECT_EQ(email_faults(email_with(",\"one_click_unsubscribe_url\":\"" + std::string(bad) + "\"")),
              "one_click_unsubscribe_url is not a valid https URL")
        << bad;
  }
}

TEST(Requests, SanitiseListHoldsStringsAndNulls) {
  std::string body = email_with(R"(,"sanitise_content_for":["a",null,"b"])");
  auto request = parse_email_request(parsed(body), body, kNow);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->sanitise_content_for, (std::vector<std::string>{"a", "b"}));
  EXPECT_NE(email_faults(email_with(R"(,"sanitise_content_for":[5,{}])")), "");
}

TEST(Requests, DocumentsThatAreNoObjects) {
  for (std::string_view nothing : {"null", "[]", "0", "\"\"", "false", "{}"}) {
    EXPECT_EQ(sms_faults(nothing), "phone_number is a required property; template_id is a required property")
        << nothing;
  }
  EXPECT_EQ(sms_faults("[1]"), "[1] is not of type object");
  EXPECT_EQ(sms_faults("\"hello\""), "hello is not of type object");
  EXPECT_EQ(sms_faults("true"), "True is not of type object");
}

TEST(Requests, NulIsRefusedByName) {
  EXPECT_TRUE(sms_faults(sms_with(R"(,"reference":"a\u0000b")")).starts_with("reference "));
  EXPECT_TRUE(sms_faults(sms_with(R"(,"personalisation":{"x":[{"y":"\u0000"}]})")).starts_with("personalisation "));
  EXPECT_EQ(sms_faults(sms_with(R"(,"personalisation":{"x":"\\u0000"})")), "") << "a backslash and text is no NUL";
}

TEST(Requests, LongIntegersKeepTheirDigits) {
  auto values = parsed(
      R"({"p":{"a":123456789012345678901234567890,"b":-98765432109876543210,"c":[1234567890123456789],"d":1e400}})");
  EXPECT_EQ(
      write_json(values),
      R"({"p":{"a":"123456789012345678901234567890","b":"-98765432109876543210","c":["1234567890123456789"],"d":null}})");
  // At the top level they stay numbers, so that a type that is wrong stays wrong.
  EXPECT_NE(sms_faults(sms_with(",\"reference\":12345678901234567890123")), "");
  auto text = parsed(R"({"p":{"a":"x 123456789012345678901234567890","b":1234567890123456789012.5}})");
  EXPECT_EQ(text.as_object()["p"].as_object()["a"], "x 123456789012345678901234567890");
  EXPECT_TRUE(text.as_object()["p"].as_object()["b"].is_double());
}

TEST(Requests, BadJsonIsAnError) {
  for (std::string bad : {std::string(""), std::string("{"), std::string("{\"a\": NaN}"), std::string("\xff\xfe"),
                          std::string(50'000, '['), std::string(R"({"a":"\ud800"})"), std::string("{} {}"),
                          std::string(R"({"a":{"b":00123456789012345678901}})")}) {
    EXPECT_FALSE(parse_request_json(bad)) << bad.substr(0, 20);
  }
  EXPECT_TRUE(parse_request_json("\xEF\xBB\xBF{}"));
}

TEST(Requests, FilesByEmail) {
  auto faults = [](std::string_view text) {
    auto file = parse_file(parsed(text).as_object());
    return file ? std::string() : join(file.error(), "; ");
  };
  auto file = parse_file(
      parsed(
          R"({"file":"YQ==","filename":"a.csv","retention_period":" 78 WEEKS ","confirm_email_before_download":false})")
          .as_object());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->filename, "a.csv");
  EXPECT_EQ(file->retention_weeks, 78);
  EXPECT_FALSE(file->confirm_email_before_download);
  EXPECT_EQ(
      faults(R"({"file":"YQ==","filename":null,"confirm_email_before_download":null,"retention_period":null})"),
      "");
  EXPECT_EQ(parse_file(parsed(R"({"file":"YQ==","retention_period":null})").as_object())->retention_weeks,
            std::nullopt);
  EXPECT_EQ(faults(R"({"file":"YQ==","retention_period":"01 week"})"), "");
  for (std::string_view period : {"0 weeks", "79 weeks", "3 months", "4", "4  weeks", "-1 weeks", "+1 weeks", ""}) {
    std::string message = faults(R"({"file":"YQ==","retention_period":")" + std::string(period) + "\"}");
    EXPECT_TRUE(message.starts_with("retention_period " + std::string(period))) << message;
  }
  EXPECT_TRUE(faults(R"({"file":{}})").starts_with("file "));
  EXPECT_NE(faults(R"({"file":"","is_csv":null,"filename":null})").find("filename"), std::string::npos);
  EXPECT_NE(faults(R"({"file":"","colour":"red"})").find("colour"), std::string::npos);
}

TEST(Requests, ListFilters) {
  auto request = parse_list_request({{"status", "failed"},
                                     {"status", "accepted"},
                                     {"template_type", "sms"},
                                     {"include_jobs", "True"},
                                     {"reference", "a"},
                                     {"reference", "b"}});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->statuses.size(), 8u);
  EXPECT_EQ(request->types, std::vector{NotificationType::sms});
  EXPECT_TRUE(request->include_jobs);
  EXPECT_EQ(request->reference, "a");
  EXPECT_EQ(request->accepted.size(), 5u);

  QueryParameters everything;
  for (NotificationStatus status : all_statuses()) {
    if (status != NotificationStatus::failed) everything.emplace_back("status", to_string(status));
  }
  EXPECT_TRUE(parse_list_request(everything)->statuses.empty());

  auto bad = parse_list_request({{"z", "1"}, {"older_than", "y"}, {"status", "x"}, {"status", "x"}});
  ASSERT_FALSE(bad);
  ASSERT_EQ(bad.error().size(), 3u);
  EXPECT_TRUE(bad.error()[0].starts_with("status x is not one of [cancelled, "));
  EXPECT_TRUE(bad.error()[0].ends_with("accepted, received]"));
  EXPECT_TRUE(bad.error()[1].starts_with("older_than "));
  EXPECT_TRUE(bad.error()[2].starts_with("z "));
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xff")}) {
    auto refused = parse_list_request({{"reference", text}});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error()[0].starts_with("reference must be UTF-8"));
  }
  EXPECT_FALSE(parse_list_request({{"include_jobs", "false"}}));
  EXPECT_FALSE(parse_list_request({{"status", "sending,created"}}));
}

}  // namespace
}  // namespace postroom::notifications
