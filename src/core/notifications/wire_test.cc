// Varies channel, status, dates and prices of stored messages; the answers have the members, words and numbers
// that callers rely on.
#include "core/notifications/wire.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "core/notifications/delivery_estimate.h"
#include "core/notifications/prices.h"

namespace postroom::notifications {
namespace {

using recipients::BankHolidays;

const TimeZone& london() {
  static const TimeZone zone = TimeZone::load("Europe/London").value();
  return zone;
}
WireContext wire() {
  return {.base_url = "https://api.example.org", .zone = london(), .holidays = BankHolidays::england_and_wales()};
}
UtcTime at(std::string_view text) { return parse_rfc3339(text).value(); }

json::object read(const std::string& text) {
  auto document = parse_json(text);
  EXPECT_TRUE(document && document->is_object()) << text;
  return document && document->is_object() ? document->get_object() : json::object{};
}

Notification letter() {
  Notification n;
  n.type = NotificationType::letter;
  n.postage = Postage::second;
  n.created_at = at("2026-03-02T09:15:00.123456Z");
  n.personalisation = R"({"address_line_1":"Ada","address_line_2":7,"postcode":"LS1 4AP","address_line_7":"x"})";
  return n;
}

TEST(Wire, StatusesHaveTheChannelsWords) {
  using enum NotificationStatus;
  EXPECT_EQ(api_status(NotificationType::letter, created), "accepted");
  EXPECT_EQ(api_status(NotificationType::letter, sending), "accepted");
  EXPECT_EQ(api_status(NotificationType::letter, delivered), "received");
  EXPECT_EQ(api_status(NotificationType::letter, returned_letter), "received");
  EXPECT_EQ(api_status(NotificationType::letter, pending_virus_check), "pending-virus-check");
  EXPECT_EQ(api_status(NotificationType::sms, created), "created");
  EXPECT_EQ(api_status(NotificationType::email, delivered), "delivered");
}

TEST(Wire, NotificationHasEveryMemberWhateverTheChannel) {
  for (NotificationType type : {NotificationType::sms, NotificationType::email, NotificationType::letter}) {
    Notification n = letter();
    n.type = type;
    json::object body = read(notification_json(wire(), n, {.subject = std::nullopt, .body = ""}));
    for (std::string_view name : {"id",
                                  "reference",
                                  "email_address",
                                  "phone_number",
                                  "type",
                                  "line_1",
                                  "line_2",
                                  "line_3",
                                  "line_4",
                                  "line_5",
                                  "line_6",
                                  "postcode",
                                  "postage",
                                  "status",
                                  "template",
                                  "subject",
                                  "body",
                                  "created_at",
                                  "sent_at",
                                  "completed_at",
                                  "created_by_name",
                                  "scheduled_for",
                                  "one_click_unsubscribe_url",
                                  "is_cost_data_ready",
                                  "cost_in_pounds",
                                  "cost_details"}) {
      EXPECT_TRUE(body.contains(name)) << name;
    }
    EXPECT_FALSE(body.contains("line_7"));
    EXPECT_EQ(body.contains("estimated_delivery"), type == NotificationType::letter);
  }
}

TEST(Wire, LetterShowsItsAddressAsText) {
  json::object body = read(notification_json(wire(), letter(), {.subject = "Heading", .body = "Dear"}));
  EXPECT_EQ(body["line_1"], "Ada");
  EXPECT_EQ(body["line_2"], "7");
  EXPECT_TRUE(body["line_3"].is_null());
  EXPECT_EQ(body["postcode"], "LS1 4AP");
  EXPECT_EQ(body["created_at"], "2026-03-02T09:15:00.123456Z");
  EXPECT_EQ(body["estimated_delivery"], "2026-03-10T16:00:00.123456Z");
}

TEST(Wire, TheCallersUnsubscribeLinkWinsOverTheTemplates) {
  Notification n;
  n.type = NotificationType::email;
  RenderedContent content{.subject = "s", .body = "b", .unsubscribe_url = "https://own.example/u"};
  EXPECT_EQ(read(notification_json(wire(), n, content))["one_click_unsubscribe_url"], "https://own.example/u");
  n.unsubscribe_url = "https://caller.example/u";
  EXPECT_EQ(read(notification_json(wire(), n, content))["one_click_unsubscribe_url"], "https://caller.example/u");
}

TEST(Wire, AMessageForLaterShowsItsTime) {
  Notification n;
  EXPECT_TRUE(read(notification_json(wire(), n, {.subject = std::nullopt, .body = ""}))["scheduled_for"].is_null());
  n.scheduled_for = at("2026-03-03T08:00:00Z");
  EXPECT_EQ(read(notification_json(wire(), n, {.subject = std::nullopt, .body = ""}))["scheduled_for"],
            "2026-03-03T08:00:00.000000Z");
}

TEST(Wire, CompletionIsTheLastChangeOfAnEndedMessage) {
  Notification n = letter();
  n.updated_at = at("2026-03-04T08:00:00Z");
  auto completed = [&](NotificationStatus status) {
    n.status = status;
    return write_json(read(notification_json(wire(), n, {.subject = "", .body = ""}))["completed_at"]);
  };
  EXPECT_EQ(completed(NotificationStatus::delivered), "\"2026-03-04T08:00:00.000000Z\"");
  EXPECT_EQ(completed(NotificationStatus::validation_failed), "\"2026-03-04T08:00:00.000000Z\"");
  EXPECT_EQ(completed(NotificationStatus::sending), "null");
  EXPECT_EQ(completed(NotificationStatus::virus_scan_failed), "null");
}

TEST(Wire, CostOfTexts) {
  Notification n;
  n.created_at = at("2026-05-01T12:00:00Z");
  auto body = [&] { return read(notification_json(wire(), n, {.subject = std::nullopt, .body = ""})); };
  EXPECT_EQ(body()["is_cost_data_ready"], false);
  EXPECT_TRUE(body()["cost_in_pounds"].is_null());
  EXPECT_EQ(write_json(body()["cost_details"]), "{}");
  n.billable_units = 3;
  n.rate_multiplier = 2;
  EXPECT_EQ(body()["is_cost_data_ready"], true);
  EXPECT_EQ(body()["cost_in_pounds"].as_double(), 3 * 2 * 0.024);
  EXPECT_EQ(write_json(body()["cost_details"]),
            R"({"billable_sms_fragments":3,"international_rate_multiplier":2.0,"sms_rate":0.024})");
  n.type = NotificationType::email;
  EXPECT_EQ(write_json(body()["cost_in_pounds"]), "0.0");
}

TEST(Wire, CostOfLetters) {
  Notification n = letter();
  auto body = [&] { return read(notification_json(wire(), n, {.subject = "", .body = ""})); };
  EXPECT_EQ(body()["is_cost_data_ready"], false);
  n.status = NotificationStatus::sending;
  n.billable_units = 2;
  EXPECT_EQ(body()["cost_in_pounds"].as_double(), 0.77);
  EXPECT_EQ(write_json(body()["cost_details"]), R"({"billable_sheets_of_paper":2,"postage":"second"})");
  n.status = NotificationStatus::cancelled;
  EXPECT_EQ(write_json(body()["cost_in_pounds"]), "0.0");
  EXPECT_EQ(write_json(body()["cost_details"]), R"({"billable_sheets_of_paper":0,"postage":"second"})");
}

TEST(Wire, ListLinksPutTheCursorFirst) {
  ListRequest request =
      parse_list_request({{"reference", "a b"}, {"status", "sending"}, {"status", "created"}}).value();
  NotificationId last{Uuid::parse("0d6a1c1e-52a6-4f7f-9a0b-6f3f4f2f8c11").value()};
  json::object body = read(notification_list_json(wire(), {R"({"id":"x"})", R"({"id":"y"})"}, request, last));
  json::object& links = body["links"].as_object();
  EXPECT_EQ(links["current"],
            "https://api.example.org/v2/notifications?reference=a%20b&status=sending&status=created");
  EXPECT_EQ(
      links["next"],
      "https://api.example.org/v2/notifications?older_than=0d6a1c1e-52a6-4f7f-9a0b-6f3f4f2f8c11&reference=a%20b"
      "&status=sending&status=created");
  EXPECT_EQ(body["notifications"].as_array().size(), 2u);
  EXPECT_FALSE(read(notification_list_json(wire(), {}, {}, std::nullopt))["links"].as_object().contains("next"));
}

TEST(Wire, AcceptedEmailReportsWhatWasSanitised) {
  EmailContent content{.from_email = "a@b",
                       .subject = "S",
                       .body = "B",
                       .one_click_unsubscribe_url = std::nullopt,
                       .sanitised = {{"Na me", "x.y", "x\\. y"}}};
  json::object body = read(accepted_email_json(wire(), Accepted{}, content));
  EXPECT_EQ(write_json(body["sanitised_content"]), R"({"Na me":{"unsanitised":"x.y","sanitised":"x\\. y"}})");
  EXPECT_TRUE(body["reference"].is_null());
  EXPECT_TRUE(body["scheduled_for"].is_null());
  content.sanitised.clear();
  EXPECT_EQ(write_json(read(accepted_email_json(wire(), Accepted{}, content))["sanitised_content"]), "{}");
}

TEST(Wire, TemplateListsPlaceholders) {
  Template t;
  t.content = "Hi ((name))";
  json::object body = read(template_json(t, {"name", "a \"b\""}));
  EXPECT_EQ(write_json(body["personalisation"]), R"({"name":{"required":true},"a \"b\"":{"required":true}})");
  EXPECT_TRUE(body["subject"].is_null());
  EXPECT_TRUE(body["updated_at"].is_null());
  EXPECT_TRUE(body["letter_contact_block"].is_null());
  EXPECT_TRUE(body["postage"].is_null());
}

struct PriceRow {
  std::string_view created_at;
  Postage postage;
  int sheets;
  std::int64_t micros;
};

TEST(Prices, PO2LettersCostWhatTheirDaySays) {
  const PriceRow rows[] = {
      {"2025-03-31T22:59:59Z", Postage::second, 1, 610'000},
      {"2025-03-31T23:00:00Z", Postage::second, 1, 680'000},
      {"2026-01-05T00:00:00Z", Postage::second, 5, 910'000},
      {"2026-04-07T12:00:00Z", Postage::first, 2, 1'610'000},
      {"2026-05-03T00:00:00Z", Postage::europe, 1, 1'800'000},
      {"2026-05-03T00:00:00Z", Postage::rest_of_world, 1, 1'800'000},
      {"2026-07-01T12:00:00Z", Postage::economy, 3, 724'000},
  };
  for (const PriceRow& row : rows) {
    EXPECT_EQ(letter_price(london().local_date(at(row.created_at)), row.postage, row.sheets), row.micros)
        << row.created_at;
  }
  EXPECT_EQ(letter_price(london().local_date(at("2026-01-05T00:00:00Z")), Postage::second, 0), std::nullopt);
  EXPECT_EQ(letter_price(london().local_date(at("2026-01-05T00:00:00Z")), Postage::second, 6), std::nullopt);
  EXPECT_EQ(letter_price(london().local_date(at("2018-09-30T22:59:59Z")), Postage::first, 1), std::nullopt);
}

TEST(Prices, TextsCostWhatTheirDaySays) {
  using namespace std::chrono_literals;
  EXPECT_EQ(sms_fragment_price(2016y / 5 / 17), std::nullopt);
  EXPECT_EQ(sms_fragment_price(2016y / 5 / 18), 16'500);
  EXPECT_EQ(sms_fragment_price(2022y / 4 / 30), 16'100);
  EXPECT_EQ(sms_fragment_price(2022y / 5 / 1), 17'200);
  EXPECT_EQ(sms_fragment_price(2026y / 4 / 1), 24'000);
}

struct EstimateRow {
  std::string_view created_at;
  Postage postage;
  std::string_view delivered_at;
};

TEST(DeliveryEstimate, TI5LatestDay) {
  const EstimateRow rows[] = {
      {"2000-12-01T00:00:00Z", Postage::second, "2000-12-11T16:00:00Z"},
      {"2000-12-01T00:00:00Z", Postage::first, "2000-12-05T16:00:00Z"},
      {"2000-06-01T00:00:00Z", Postage::first, "2000-06-03T15:00:00Z"},
      {"2000-06-01T00:00:00Z", Postage::economy, "2000-06-13T15:00:00Z"},
      {"2020-04-09T16:29:59Z", Postage::first, "2020-04-15T15:00:59Z"},
      {"2020-04-09T16:29:59Z", Postage::second, "2020-04-21T15:00:59Z"},
      {"2026-01-30T17:29:00Z", Postage::economy, "2026-02-11T16:00:00Z"},
      {"2026-01-30T17:31:00Z", Postage::rest_of_world, "2026-02-12T16:00:00Z"},
      {"2026-03-29T16:29:59Z", Postage::second, "2026-04-08T15:00:59Z"},
      {"2026-03-29T16:30:00Z", Postage::second, "2026-04-09T15:00:00Z"},
      {"2026-10-25T17:29:59Z", Postage::europe, "2026-11-03T16:00:59Z"},
      {"2026-12-23T17:29:59Z", Postage::first, "2026-12-26T16:00:59Z"},
      {"2026-12-23T17:30:00Z", Postage::rest_of_world, "2027-01-11T16:00:00Z"},
  };
  for (const EstimateRow& row : rows) {
    EXPECT_EQ(format_rfc3339(
                  estimated_delivery(at(row.created_at), row.postage, london(), BankHolidays::england_and_wales())),
              format_rfc3339(at(row.delivered_at)))
        << row.created_at << " " << to_string(row.postage);
  }
}

}  // namespace
}  // namespace postroom::notifications
